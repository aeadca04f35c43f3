import { migrationsBeside, type MigrationSet } from '@callback-quorum/service'

export const checkerKitMigrations: MigrationSet = { name: 'checker-kit', directory: migrationsBeside(import.meta.url) }
