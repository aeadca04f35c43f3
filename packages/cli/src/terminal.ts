import type { SignalSource } from '@callback-quorum/service'

/** What a command has of the process it runs in; only main.ts has the real one. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly process: SignalSource
  /** Standard input, read when a command asks for `-` or stops with it. */
  readonly stdin: NodeJS.ReadableStream
  /** The file that starts this program, for commands that start others. */
  readonly mainFile: string
  readonly useColour: boolean
}

/** EX_USAGE of sysexits.h. */
export const EXIT_USAGE = 64
