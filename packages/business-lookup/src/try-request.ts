import { resolve } from 'node:path'
import {
  describe,
  loadAddressBook,
  loadAssets,
  whatIsSigned,
  type Judgement,
  type Objection,
  type Question,
} from '@callback-quorum/checker-kit'
import type { CoboRequest, FireblocksRequest } from '@callback-quorum/protocol'
import {
  connectDatabase,
  createMetricsRegistry,
  systemClock,
  type ConfigFile,
  type Database,
  type Logger,
  type VerifiedCallback,
} from '@callback-quorum/service'
import { openLookup } from './business-lookup.ts'
import { otherReference, readHeld } from './claims/claim-reference.ts'
import type { Claiming, HeldClaim } from './claims/claim.ts'
import { shareClaim } from './claims/share-claim.ts'
import type { Comparison } from './compare/comparison.ts'
import type { BusinessLookupConfig } from './config.ts'
import type { Asked } from './connectors/connector.ts'
import { claimingOf } from './known-record.ts'
import { lookUpPayment, type Looked } from './look-up-payment.ts'
import { lookUpWhitelisting } from './whitelisting/look-up-whitelisting.ts'

export interface TryOptions {
  readonly file: ConfigFile<BusinessLookupConfig>
  /** Understood; what is not is refused before it is tried. */
  readonly callback: VerifiedCallback
  readonly log: Logger
}

/** Who has the reference, as far as it can be read from here. */
export type Holding =
  | { readonly is: 'unknown'; readonly why: string }
  | { readonly is: 'free' }
  | { readonly is: 'held'; readonly claim: HeldClaim }

export interface Tried {
  /** What the checker would say now; `unable` also when who has the reference cannot be read. */
  readonly judgement: Judgement
  readonly transaction?: { readonly businessKey: string; readonly reference?: string }
  readonly connector?: string
  readonly tookMs?: number
  readonly comparisons: readonly Comparison[]
  readonly holding?: Holding
  /** Why the business system could not be asked, in words for an operator. */
  readonly problems: readonly string[]
}

const reject = (...objections: readonly [Objection, ...Objection[]]): Judgement => ({ outcome: 'reject', objections })
const undescribed = (objections: readonly [Objection, ...Objection[]]): Tried => ({
  judgement: reject(...objections),
  comparisons: [],
  problems: [],
})

/**
 * What the checker would say of a request now: described, looked up and compared as it does it, with the connector of its configuration. Nothing is
 * claimed or recorded; its database is read in a session that cannot write. What checker-kit knows of earlier askings is not part of it.
 */
export async function tryRequest({ file, callback, log }: TryOptions): Promise<Tried> {
  const pathOf = (path: string | undefined): string | undefined => path && resolve(file.directory, path)
  const { registry: assets } = await loadAssets(pathOf(file.value.assets))
  const addresses = await loadAddressBook(pathOf(file.value.addresses), assets)
  const { reading } = callback
  if (reading.result === 'malformed') throw new Error('invariant: only what was understood is tried')
  const said = judgedUnseen(reading.request, file.value)
  if (said !== undefined) return { judgement: said, comparisons: [], problems: [] }
  const described = describe(callback, { assets, addresses })
  if ('objections' in described) return undescribed(described.objections)
  const seen = whatIsSigned(
    { judges: 'description', acceptUnbound: [], assets, addresses },
    reading.request,
    described.question,
  )
  if ('objections' in seen) return undescribed(seen.objections)

  const database = await openReadOnly(file, log)
  const context = {
    assets,
    log,
    listens: false,
    clock: systemClock,
    registry: createMetricsRegistry(file.value.service_name),
  }
  try {
    const lookup = await openLookup(file, { ...context, ...('failed' in database ? {} : { database }) })
    try {
      const now = new Date(systemClock.nowMs())
      const signal = AbortSignal.timeout(file.value.deadline)
      const look = seen.question.operation === 'config-change' ? lookUpWhitelisting : lookUpPayment
      const looked = await look(lookup, seen.question, { signal, now, firstAskedAt: now })
      const isAway = looked.judgement.outcome === 'unable'
      return {
        ...(await withHolding(seen.question, looked, database)),
        connector: lookup.connector.kind,
        problems: isAway ? await lookup.connector.problems() : [],
      }
    } finally {
      await lookup.close()
    }
  } finally {
    if (!('failed' in database)) await database.close()
  }
}

/** What the checker says of a change of the workspace without looking anything up. */
function judgedUnseen(
  request: CoboRequest | FireblocksRequest,
  { config_changes }: Pick<BusinessLookupConfig, 'config_changes'>,
): Judgement | undefined {
  if (!('endpoint' in request) || request.endpoint === 'tx') return undefined
  const { type } = request
  const rule = typeof type === 'string' ? config_changes[type] : undefined
  switch (rule) {
    case 'judge':
      return undefined
    case 'approve':
      return { outcome: 'approve' }
    case undefined:
      return reject({ code: 'CONFIG_TYPE_NOT_ALLOWED', text: 'config_changes does not name this type of change' })
    default:
      return rule satisfies never
  }
}

interface Unreadable {
  readonly failed: string
}

async function openReadOnly({ value }: TryOptions['file'], log: Logger): Promise<Database | Unreadable> {
  if (value.database_url === '') return { failed: 'its database is embedded: only the running checker reads it' }
  const url = new URL(value.database_url)
  const theirs = url.searchParams.get('options')
  url.searchParams.set('options', `${theirs === null ? '' : `${theirs} `}-c default_transaction_read_only=on`)
  return connectDatabase({ url: url.href, poolSizeMax: 2, log }).catch((error: unknown) => ({
    failed: `its database cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`,
  }))
}

async function withHolding(
  question: Question,
  looked: Looked,
  database: Database | Unreadable,
): Promise<Omit<Tried, 'problems' | 'connector'>> {
  const { judgement, asked, comparisons = [], tookMs, found } = looked
  const { businessKey } = question
  const tried = {
    judgement,
    comparisons,
    transaction: { businessKey, ...(asked && { reference: asked.reference }) },
    ...(tookMs !== undefined && { tookMs }),
  }
  if (asked === undefined) return tried
  const asks = found && claimingOf(question, found)
  const { holding, other } = await readHolding(database, asked, asks)
  if (asks === undefined) return { ...tried, holding }
  const said: Judgement = other === undefined ? judgeHolding(holding, judgement, asks) : reject(other)
  return { ...tried, holding, judgement: said }
}

async function readHolding(
  database: Database | Unreadable,
  { organisation, reference }: Asked,
  asks: Claiming | undefined,
): Promise<{ readonly holding: Holding; readonly other?: Objection }> {
  if ('failed' in database) return { holding: { is: 'unknown', why: database.failed } }
  try {
    const claim = await readHeld(database, organisation, reference)
    const other = asks && (await otherReference(database, asks))
    return { holding: claim === undefined ? { is: 'free' } : { is: 'held', claim }, ...(other && { other }) }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error'
    return { holding: { is: 'unknown', why: `its claims cannot be read: ${why}` } }
  }
}

/** What claiming would come to, for a payment that was compared equal. */
function judgeHolding(holding: Holding, approved: Judgement, asks: Claiming): Judgement {
  switch (holding.is) {
    case 'unknown':
      return {
        outcome: 'unable',
        code: 'CLAIM_UNKNOWN',
        text: 'whether the reference is free cannot be told from here',
      }
    case 'free':
      return approved
    case 'held': {
      const shared = shareClaim(holding.claim, asks)
      return shared.as === 'refused' ? reject(shared.objection) : approved
    }
    default:
      return holding satisfies never
  }
}
