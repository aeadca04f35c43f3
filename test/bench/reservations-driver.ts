import type { Sample } from './reservations-sample.ts'

export interface DriverLoad {
  readonly connections: number
  readonly seconds: number
  /** One decision; `index` grows by one from call to call, over all connections. */
  readonly work: (index: number) => Promise<void>
}

/** As many at a time as there are connections, each the next one as soon as it is done. */
export async function loadDatabase({ connections, seconds, work }: DriverLoad): Promise<Sample> {
  const latenciesMs: number[] = []
  const start = performance.now()
  let index = 0
  const one = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1_000) {
      const before = performance.now()
      await work(index++)
      latenciesMs.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return { perSecond: (latenciesMs.length * 1_000) / (performance.now() - start), latenciesMs }
}
