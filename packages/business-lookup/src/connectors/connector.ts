import type { Clock, Database, Logger, Transaction } from '@callback-quorum/service'
import type { Registry } from 'prom-client'
import type { Intent } from '../record/intent.ts'
import type { RecordMap } from '../record/record-map.ts'
import type { WhitelistingConfig } from '../whitelisting/whitelisting-config.ts'

/** What a connector may be asked for; nothing else of a request ever reaches the business system. */
export interface Asked {
  readonly reference: string
  readonly organisation: string
  /** The record of an address that is to be whitelisted is asked for, and not one of a payment. */
  readonly isWhitelisting?: true
}

/**
 * What looking up came to. `unavailable`: may go better later, so it defers and rejects only after `give_up_after`. `refused`: the answer
 * cannot be used and asking again would not change that, so it rejects. Both are about the connector, never about the payment; texts are
 * public and hold nothing that was sent or received.
 */
export type LookUp =
  | { readonly found: 'one'; readonly intent: Intent }
  | { readonly found: 'none' }
  | { readonly found: 'many' }
  | { readonly found: 'unavailable'; readonly code: 'CONNECTOR_UNAVAILABLE' | 'STALE_REPLICA'; readonly text: string }
  | { readonly found: 'refused'; readonly code: 'CONNECTOR_AUTH' | 'CONNECTOR_BAD_RESPONSE'; readonly text: string }

/** One way to ask the business system. Never throws for what the other side does. */
export interface Connector {
  readonly kind: 'http' | 'sql' | 'inbox'
  /** Ends before `signal` fires, or with `unavailable` when it does. */
  lookUp(asked: Asked, signal: AbortSignal): Promise<LookUp>
  /**
   * Inside the transaction that claims: whether the record is still the version that was compared, locked until the transaction ends. Only
   * the inbox can say so; the others are asked again at signing.
   */
  confirm?(asked: Asked, intent: Intent, tx: Transaction): Promise<boolean>
  /** Why nothing can be looked up now; empty when it can. For readiness. */
  problems(): Promise<readonly string[]>
  close(): Promise<void>
}

/** What every connector is opened with. */
export interface ConnectorOptions<Config> {
  readonly config: Config
  readonly map: RecordMap
  /** Where and how records of whitelistings are read; without it none is ever asked for. */
  readonly whitelisting?: WhitelistingConfig | undefined
  /** That paths of the configuration are relative to. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Logger
  readonly registry: Registry
  /** The checker's own. */
  readonly database: Database
}
