export { integrityConfigSchema, readIntegrityConfig, type IntegrityConfig } from './config.ts'
export { startIntegrity } from './integrity.ts'
export { createIntegrityRules } from './create-integrity-rules.ts'
