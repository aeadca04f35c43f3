export { CHECKERS, SERVICES as DEMO_SERVICES, type DemoService } from './demo/configuration.ts'
export { startConstellation, type Constellation, type ConstellationOptions } from './demo/constellation.ts'
export { run } from './program.ts'
export type { Terminal } from './terminal.ts'
