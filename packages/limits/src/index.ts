export { limitsConfigSchema, readLimitsConfig, startLimits, type LimitsConfig } from './limits.ts'
export { readRules } from './rules/read-rules.ts'
