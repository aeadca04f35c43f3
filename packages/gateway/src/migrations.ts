import { migrationsBeside, type MigrationSet } from '@callback-quorum/service'

export const gatewayMigrations: MigrationSet = { name: 'gateway', directory: migrationsBeside(import.meta.url) }
