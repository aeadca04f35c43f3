import type { CallerConfig } from '@callback-quorum/service'
import type { Manners } from './manner.ts'
import type { ReadService } from './read-service.ts'

/** A public key in a file, as it is copied from one side to the other. */
export interface KeyFile {
  readonly path: string
  /** SHA-256 of the SPKI, lower hex. */
  readonly fingerprint: string
}

/** One server of the node's list, ready to be written. */
export interface Member extends ReadService {
  /** Its service_name. */
  readonly name: string
  /** Full address with the path of the dialect. */
  readonly serviceAddress: string
  /** What verifies its answers. */
  readonly key: KeyFile
  /** How this server knows the node. */
  readonly caller: CallerConfig
  /** The node's own keys, as they stand in the caller's pubkey_path. */
  readonly nodeKeys: readonly KeyFile[]
  readonly byKind: Manners
  /** Replicas behind the same address, by file; itself first. */
  readonly files: readonly string[]
}
