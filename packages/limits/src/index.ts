export { limitsConfigSchema, readLimitsConfig, startLimits, type LimitsConfig } from './limits.ts'
export { LIMITED_KINDS } from './spend-limit.ts'
export { readRules } from './rules/read-rules.ts'
