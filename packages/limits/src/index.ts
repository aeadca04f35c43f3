export { limitsConfigSchema, readLimitsConfig, startLimits, type LimitsConfig } from './limits.ts'
export { lintRules, readRulesFile, type LimitRule, type RulesFile } from './rules-file.ts'
export { spendLimit } from './spend-limit.ts'
