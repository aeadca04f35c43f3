import { planOf, type DemoConfiguration, type ServicePlan } from './configuration.ts'
import type { ServiceName } from './service-names.ts'
import { exitText, ProcessFailed, startProcess, type ProcessExit, type RunningProcess } from './start-process.ts'

export interface ConstellationOptions {
  readonly configuration: DemoConfiguration
  /** `process.execPath` of whoever starts it. */
  readonly node: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly main?: string
  /** Every line of a service's standard output. */
  readonly onLine?: (service: ServiceName, line: string) => void
  readonly onReady?: (service: ServiceName, ms: number) => void
  /** Gives the start up. */
  readonly signal?: AbortSignal
}

/** Services in processes of their own, each on its own configuration and database. */
export interface Constellation {
  readonly configuration: DemoConfiguration
  /** Resolves when a service ended that nobody had stopped. */
  readonly failed: Promise<ProcessFailed>
  process(name: ServiceName): RunningProcess
  /** Starts a service that was stopped; resolves to the milliseconds until it was ready. */
  start(name: ServiceName): Promise<number>
  stop(name: ServiceName): Promise<ProcessExit>
  kill(name: ServiceName): Promise<ProcessExit>
  /** Stops the gateway first, so that nobody asks a checker that is gone. */
  close(): Promise<void>
}

/** Starts every service of the configuration side by side and waits until all are ready. Throws ProcessFailed, with nothing left running. */
export async function startConstellation(options: ConstellationOptions): Promise<Constellation> {
  const { configuration } = options
  const running = new Map<ServiceName, RunningProcess>()
  const { promise: failed, resolve: fail } = Promise.withResolvers<ProcessFailed>()
  // One that cannot start makes waiting for the others useless.
  const givenUp = new AbortController()
  const signal = options.signal === undefined ? givenUp.signal : AbortSignal.any([options.signal, givenUp.signal])

  const launch = async (plan: ServicePlan): Promise<number> => {
    const { name } = plan
    const child = startProcess({
      name,
      node: options.node,
      args: [name, '--config', plan.file],
      env: options.env,
      readyUrl: `${plan.metricsUrl}/readyz`,
      logFile: plan.logFile,
      onLine: (line) => options.onLine?.(name, line),
      ...(options.main === undefined ? {} : { main: options.main }),
    })
    running.set(name, child)
    const ms = await child.ready(signal)
    options.onReady?.(name, ms)
    void child.exited.then((exit) => {
      if (running.get(name) !== child) return
      fail(new ProcessFailed(name, `ended with ${exitText(exit)} although nobody stopped it`, child.lastLines()))
    })
    return ms
  }
  const processOf = (name: ServiceName): RunningProcess => {
    const child = running.get(name)
    if (child === undefined) throw new RangeError(`${name} does not run`)
    return child
  }
  const end = (name: ServiceName, how: 'stop' | 'kill'): Promise<ProcessExit> => {
    const child = processOf(name)
    running.delete(name)
    return child[how]()
  }
  const close = async (): Promise<void> => {
    if (running.has('gateway')) await end('gateway', 'stop')
    await Promise.all([...running.keys()].map((name) => end(name, 'stop')))
  }

  try {
    await Promise.all(configuration.services.map(launch))
  } catch (error) {
    givenUp.abort(error)
    await close()
    throw error
  }
  return {
    configuration,
    failed,
    process: processOf,
    start: (name) => launch(planOf(configuration, name)),
    stop: (name) => end(name, 'stop'),
    kill: (name) => end(name, 'kill'),
    close,
  }
}
