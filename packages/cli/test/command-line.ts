import { run, type Host } from '../src/index.ts'

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command line in this process, with streams that are no terminal. */
export async function runCommandLine(args: readonly string[], host: Partial<Host> = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  const exitCode = await run(args, {
    env: {},
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    node: process.execPath,
    signals: process,
    readStdin: () => Promise.resolve(''),
    onStdinEnd: () => () => undefined,
    raise: (signal) => {
      throw new Error(`${signal} raised`)
    },
    ...host,
  })
  return { exitCode, ...written }
}
