import { migrationsBeside, type MigrationSet } from '@callback-quorum/service'

export const limitsMigrations: MigrationSet = { name: 'limits', directory: migrationsBeside(import.meta.url) }
