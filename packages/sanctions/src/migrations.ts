import { migrationsBeside, type MigrationSet } from '@callback-quorum/service'

export const sanctionsMigrations: MigrationSet = { name: 'sanctions', directory: migrationsBeside(import.meta.url) }
