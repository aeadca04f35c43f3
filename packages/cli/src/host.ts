import type { SignalSource } from '@callback-quorum/service'

/** A standard stream, as far as this package writes to one. */
export interface Output {
  write(text: string): unknown
  readonly columns?: number
  readonly isTTY?: boolean
}

/** Standard input and output, where a person sits before them. */
export interface Terminal {
  size(): { readonly columns: number; readonly rows: number }
  /** Hears keys as they are pressed, unechoed, Ctrl-C among them; nothing where standard input is no terminal. The returned function stops that. */
  onKeys(listener: (keys: string) => void): () => void
  onResize(listener: () => void): () => void
}

/** What a command needs of the process it runs in. Only main.ts has the real one in its hands. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  /** The Node that runs this command; children get the same. */
  readonly node: string
  readonly signals: SignalSource
  /** Absent where standard output is no terminal. */
  readonly terminal?: Terminal
  readStdin(): Promise<string>
  /** Reads standard input away until it ends; the returned function stops that. */
  onStdinEnd(listener: () => void): () => void
  /** Behaves as if this signal had come from outside. */
  raise(signal: 'SIGTERM'): void
}

/** A command says with which code the process ends. */
export type Finish = (exitCode: number) => void
