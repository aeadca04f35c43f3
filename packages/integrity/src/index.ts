export { integrityConfigSchema, readIntegrityConfig, type IntegrityConfig } from './config.ts'
export { startIntegrity } from './integrity.ts'
export { createIntegrityRules, INTEGRITY_KINDS } from './create-integrity-rules.ts'
