import { migrationsBeside, type MigrationSet } from '@callback-quorum/service'

export const businessLookupMigrations: MigrationSet = {
  name: 'business-lookup',
  directory: migrationsBeside(import.meta.url),
}
