import { dirname, resolve } from 'node:path'
import { commonConfigShape, ConfigError, readConfigBlocks, systemClock } from '@callback-quorum/service'
import { z } from 'zod'
import type { ServiceName } from '../constellation/service-names.ts'
import { recognise } from '../recognise.ts'
import { SERVICES, type OpenedService } from '../services.ts'
import type { DoctorContext } from './check.ts'

export interface ContextOptions {
  readonly path: string
  readonly service?: ServiceName | undefined
  readonly env: DoctorContext['env']
  readonly timeoutMs: number
  /** This machine's clock; another one for tests. */
  readonly nowMs?: () => number
}

/** Reads a configuration, and of one that does not hold the blocks that do. Throws only for bugs. */
export async function openContext(o: ContextOptions): Promise<DoctorContext> {
  const { path, env, timeoutMs } = o
  const directory = dirname(resolve(path))
  const problems: string[] = []
  const tell = (error: unknown): undefined => {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return undefined
  }
  const service = o.service ?? (await recognise(path).catch(tell))
  const opened: OpenedService | undefined = service && (await SERVICES[service].open(path, env).catch(tell))
  return {
    path,
    directory,
    service,
    env,
    ...(await blocksOf(path, env, service)),
    ...(opened && { opened }),
    problems,
    pathOf: (file) => resolve(directory, file),
    nowMs: o.nowMs ?? systemClock.nowMs,
    timeoutMs,
  }
}

type Blocks = Pick<DoctorContext, 'common' | 'gateway' | 'checker' | 'placeOf'>

async function blocksOf(path: string, env: DoctorContext['env'], service: ServiceName | undefined): Promise<Blocks> {
  if (service === undefined) {
    const { value, placeOf } = await readConfigBlocks(path, z.strictObject(commonConfigShape), env)
    return { common: value, gateway: {}, checker: {}, placeOf }
  }
  if (service === 'gateway') {
    const { gatewayConfigSchema } = await import('@callback-quorum/gateway')
    const { value, placeOf } = await readConfigBlocks(path, gatewayConfigSchema, env)
    return { common: value, gateway: value, checker: {}, placeOf }
  }
  const { checkerConfigSchema } = await import('@callback-quorum/checker-kit')
  const { value, placeOf } = await readConfigBlocks(path, checkerConfigSchema, env)
  return { common: value, gateway: {}, checker: value, placeOf }
}
