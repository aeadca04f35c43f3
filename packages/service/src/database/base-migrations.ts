import type { MigrationSet } from './database.ts'

/** What every database of a service has before the tables of that service: `clock_now()`. */
export const baseMigrations: MigrationSet = {
  name: 'service',
  directory: new URL('../../migrations/', import.meta.url),
}
