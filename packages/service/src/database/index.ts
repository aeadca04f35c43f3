export { baseMigrations } from './base-migrations.ts'
export type {
  Database,
  MigrationSet,
  PostgresServer,
  Sql,
  Statement,
  Transaction,
  TransactionOptions,
} from './database.ts'
export { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts'
export type { EmbeddedOptions } from './embedded/start-embedded-postgres.ts'
export { startClockSkew } from './clock-skew.ts'
export { createDatabaseMetrics } from './database-metrics.ts'
export { inspectDatabase, type DatabaseInspection } from './inspect-database.ts'
export { migrate } from './migrate.ts'
export { openDatabase } from './open-database.ts'
export type { OpenDatabaseOptions } from './open-database.ts'
export { connectDatabase } from './connect-database.ts'
export { createTestDatabase, MEMORY_FOLDER } from './test-database.ts'
export type { TestDatabase } from './test-database.ts'
