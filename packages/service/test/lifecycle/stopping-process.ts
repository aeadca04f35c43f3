import { createLogger } from '../../src/log.ts'
import { runUntilSignal, type Stoppable } from '../../src/lifecycle/run-until-signal.ts'

/**
 * A process for run-until-signal.test.ts: stops one part for each argument after the grace in milliseconds. `ok` stops, `fails`
 * rejects, `throws` throws before it is a promise, `hangs` never ends.
 */
const [graceMs, ...manners] = process.argv.slice(2)

const MANNERS: Readonly<Record<string, () => Promise<void>>> = {
  ok: () => Promise.resolve(),
  fails: () => Promise.reject(new Error('no')),
  throws: () => {
    throw new Error('no')
  },
  hangs: () => new Promise(() => undefined),
}

const parts = manners.map((manner, index): Stoppable => {
  const name = `${index}-${manner}`
  const stop = async (): Promise<void> => {
    process.stdout.write(`begin ${name}\n`)
    await MANNERS[manner]?.()
    process.stdout.write(`end ${name}\n`)
  }
  return { name, stop: manner === 'throws' ? (MANNERS['throws'] ?? stop) : stop }
})

const running = runUntilSignal(parts, {
  log: createLogger({ name: 'stopping', level: 'silent' }),
  graceMs: Number(graceMs),
  process,
})
// A signal handler keeps no process alive: a server would.
const alive = setInterval(() => undefined, 60_000)
process.stdout.write('ready\n')
process.exitCode = await running
clearInterval(alive)
process.stdout.write('left\n')
