import type { CoboDialect } from '@callback-quorum/protocol'
import type { NodeKind } from './manner.ts'

/** What the command line asks for, read. */
export interface Settings {
  /** Configuration files of gateways, and of checkers that the node asks itself. */
  readonly gateways: readonly string[]
  readonly checkers: readonly string[]
  readonly caller?: string
  /** By service_name, or by the name of the service where only one has it. */
  readonly urls: ReadonlyMap<string, string>
  readonly pubkeys: ReadonlyMap<string, string>
  readonly dialect?: CoboDialect
  readonly nodeVersion?: string
  /** Kinds that are to be rejected always. */
  readonly closed: readonly NodeKind[]
  readonly plaintext?: 'acknowledged'
  readonly tokenExpireMinutes: number
  readonly monitorInterval: string
  /** Where the node keeps the keys of its servers, as its own file says it. */
  readonly keyDir: string
}
