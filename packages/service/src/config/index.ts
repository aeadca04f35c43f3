export { addressRange } from './address-range.ts'
export {
  type CallerConfig,
  type CommonConfig,
  commonConfigShape,
  keyFiles,
  type KeyFiles,
  type LogConfig,
} from './common-config.ts'
export { checkCommonRules, type CommonRuleOptions } from './common-rules.ts'
export { ConfigError } from './config-error.ts'
export { type ConfigBlocks, readConfigBlocks } from './config-blocks.ts'
export { type ConfigFile, parseConfigText, readConfigFile } from './config-file.ts'
export { duration, durationBetween } from './duration.ts'
export { expecting } from './expecting.ts'
export { isLoopbackHost, type ListenAddress, listenAddress } from './listen-address.ts'
export { filePath, nameText, organisationText } from './names.ts'
export { notAfter } from './not-after.ts'
export type { Check, ConfigPath, Problem } from './problem.ts'
export { wholeNumber } from './whole-number.ts'
