import type { SignalSource } from '@callback-quorum/service'

/** A standard stream, as far as this package writes to one. */
export interface Output {
  write(text: string): unknown
  readonly columns?: number
  readonly isTTY?: boolean
}

/** What a command needs of the process it runs in. Only main.ts has the real one in its hands. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  /** The Node that runs this command; children get the same. */
  readonly node: string
  readonly signals: SignalSource
  readStdin(): Promise<string>
  /** Reads standard input away until it ends; the returned function stops that. */
  onStdinEnd(listener: () => void): () => void
  /** Behaves as if this signal had come from outside. */
  raise(signal: 'SIGTERM'): void
}

/** A command says with which code the process ends. */
export type Finish = (exitCode: number) => void
