export { limitsConfigSchema, readLimitsConfig, startLimits, type LimitsConfig } from './limits.ts'
export { readRules } from './rules/read-rules.ts'
export { limitsMigrations } from './migrations.ts'
export { tryPriceSources, type TriedSource } from './prices/try-price-sources.ts'
