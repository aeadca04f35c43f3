export {
  startBusinessSystem,
  type BookedWithdrawal,
  type BusinessSystem,
  type BusinessSystemOptions,
} from './constellation/business-system.ts'
export {
  planOf,
  writeDemoConfiguration,
  type ConfigurationOptions,
  type DemoConfiguration,
  type ServicePlan,
  type Topology,
} from './constellation/configuration.ts'
export { type AdminTokenFiles, type KeyFilePair } from './constellation/demo-keys.ts'
export { freePorts } from './constellation/free-ports.ts'
export { CHECKER_NAMES, SERVICE_NAMES, type CheckerName, type ServiceName } from './constellation/service-names.ts'
export {
  startConstellation,
  type Constellation,
  type ConstellationOptions,
} from './constellation/start-constellation.ts'
export {
  ProcessFailed,
  startProcess,
  type ProcessExit,
  type ProcessOptions,
  type RunningProcess,
} from './constellation/start-process.ts'
export { type Mapping } from './constellation/yaml-files.ts'
export { type Host, type Output } from './host.ts'
export { run } from './program.ts'
