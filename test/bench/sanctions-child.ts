import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A process of its own, which says one thing after the other. */
export interface BenchChild<Said> {
  /** What it says next. Rejects when it ends without. */
  next(): Promise<Said>
  /** Lets it go on from where it waits. */
  go(): void
  stop(): Promise<void>
}

export function startChild<Said>(file: string, args: readonly string[]): BenchChild<Said> {
  const child: ChildProcess = fork(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  return {
    next: async () => {
      const ended = exited.then(() => {
        throw new Error(`${file} ended with code ${String(child.exitCode)}`)
      })
      const [said] = (await Promise.race([once(child, 'message'), ended])) as [Said]
      return said
    },
    go: () => void child.send('go'),
    stop: async () => {
      child.kill()
      await exited
    },
  }
}

/** In the child: says something to whoever started it. */
export const say = (what: object): void => void process.send?.(what)

/** In the child: waits until it may go on. */
export async function mayGo(): Promise<void> {
  await once(process, 'message')
}
