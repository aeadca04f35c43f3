import { createHash } from 'node:crypto'
import type { Database, Transaction } from '@callback-quorum/service'
import type { Vote } from '../vote.ts'
import { owe } from './outbox-rows.ts'
import { lockRequest, outcomeOf, readFreeze, union, type Asking, type RequestRow } from './request-ledger.ts'

/** The hash before the first record of a replica. */
const GENESIS_HASH = '0'.repeat(64)

export interface DecisionInput {
  /** UUID of the decision; `reason` starts with it. */
  readonly recordId: string
  readonly asking: Asking
  /** The round that this decision was made for; another one decided meanwhile wins. */
  readonly round: number
  readonly outcome: 'approved' | 'rejected'
  readonly codes: readonly string[]
  readonly reason: string
  readonly votes: readonly Vote[]
  readonly asked: readonly string[]
  readonly acceptUnbound: boolean
  readonly token: string
  readonly configDigest: string
  readonly replica: string
  readonly wantsOutcome: (checker: string) => boolean
}

export type Recorded =
  /** `at` by the clock of the database. */
  | { readonly recorded: 'ours'; readonly at: Date }
  | { readonly recorded: 'theirs'; readonly row: RequestRow }
  | { readonly recorded: 'frozen'; readonly since: Date }

/**
 * Writes the record, its link in the replica's hash chain, the state of the request and the outcome notices owed: one transaction, before the
 * answer leaves. A replica that lost the race gets the winner's row; a freeze that came meanwhile stops an approval.
 */
export async function recordDecision(database: Database, input: DecisionInput): Promise<Recorded> {
  return database.transaction(async (tx) => {
    const freeze = await readFreeze(tx)
    const row = await lockRequest(tx, input.asking)
    if (row === undefined) throw new Error('invariant: a decision is recorded for an admitted request')
    const isTheirs = row.round !== input.round || row.digest !== input.asking.digest
    const wouldApprove = isTheirs ? row.state === 'approved' : input.outcome === 'approved'
    if (freeze.frozen && wouldApprove) return { recorded: 'frozen', since: freeze.since }
    if (isTheirs) return { recorded: 'theirs', row }
    const now = await tx.clockNow()
    await closeRequest(tx, row, input, now)
    await owe(tx, outcomeOf(row, input.outcome), toBeTold(row, input).filter(input.wantsOutcome))
    await insertRecord(tx, row, input, now)
    return { recorded: 'ours', at: now }
  })
}

/** An APPROVE that already left keeps its claims whatever is decided now: a rejection after it is told to nobody, an approval to the newly asked. */
function toBeTold(row: RequestRow, input: DecisionInput): string[] {
  if (row.state === 'open') return union(row.asked, input.asked)
  return input.outcome === 'approved' ? input.asked.filter((checker) => !row.asked.includes(checker)) : []
}

async function closeRequest(tx: Transaction, row: RequestRow, input: DecisionInput, now: Date): Promise<void> {
  await tx.query({
    name: 'close-request',
    text: `update request set state = $2, round = round + 1, asked = array(select distinct unnest(asked || $3::text[])), planned = '{}',
             decided_at = $4, config_digest = $5, reason = $6 where request_key = $1`,
    values: [row.request_key, input.outcome, input.asked, now, input.configDigest, input.reason],
  })
}

async function insertRecord(tx: Transaction, row: RequestRow, input: DecisionInput, now: Date): Promise<void> {
  const { asking } = input
  const content = {
    record_id: input.recordId,
    round: input.round,
    caller: asking.caller,
    dialect: asking.dialect,
    kind: asking.kind,
    request_id: asking.requestId,
    digest: asking.digest,
    business_key: asking.businessKey ?? null,
    outcome: input.outcome,
    codes: input.codes,
    reason: input.reason,
    accept_unbound: input.acceptUnbound,
    config_digest: input.configDigest,
    request_token: input.token,
    verdicts: input.votes,
    decided_at: now.toISOString(),
    replica: input.replica,
  }
  const link = await extendChain(tx, input.replica, JSON.stringify(content))
  await tx.query({
    name: 'insert-record',
    text: `insert into record (record_id, request_key, round, caller, dialect, kind, request_id, digest, business_key, outcome, codes, reason,
             accept_unbound, config_digest, request_token, verdicts, decided_at, replica, chain_sequence, previous_hash, record_hash)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
    values: [
      input.recordId,
      row.request_key,
      input.round,
      asking.caller,
      asking.dialect,
      asking.kind,
      asking.requestId,
      asking.digest,
      content.business_key,
      input.outcome,
      input.codes,
      input.reason,
      input.acceptUnbound,
      input.configDigest,
      input.token,
      JSON.stringify(input.votes),
      now,
      input.replica,
      link.sequence,
      link.previousHash,
      link.hash,
    ],
  })
}

/** Locks the replica's chain until commit, last of all locks: records of one replica are linked in the order in which they commit. */
async function extendChain(
  tx: Transaction,
  replica: string,
  content: string,
): Promise<{ sequence: bigint; previousHash: string; hash: string }> {
  await tx.query({
    name: 'open-chain',
    text: 'insert into chain_head (replica, sequence, hash) values ($1, 0, $2) on conflict do nothing',
    values: [replica, GENESIS_HASH],
  })
  const [head] = await tx.query<{ sequence: bigint; hash: string }>({
    name: 'lock-chain',
    text: 'select sequence, hash from chain_head where replica = $1 for no key update',
    values: [replica],
  })
  if (head === undefined) throw new Error('invariant: the chain head was just inserted')
  const hash = createHash('sha256').update(head.hash).update(content).digest('hex')
  const sequence = head.sequence + 1n
  await tx.query({
    name: 'move-chain',
    text: 'update chain_head set sequence = $2, hash = $3 where replica = $1',
    values: [replica, sequence, hash],
  })
  return { sequence, previousHash: head.hash, hash }
}
