import { businessKey, digestOf, type Kind, type OutcomeNotice } from '@callback-quorum/protocol'
import {
  createLogger,
  createTestDatabase,
  migrationsBeside,
  type Database,
  type TestDatabase,
} from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { inject } from 'vitest'
import { letGoOfApprovals } from '../src/approval-hold.ts'
import { createCheckerMetrics } from '../src/metrics.ts'
import { applyOutcome, type OutcomeEffect } from '../src/outcome-ledger.ts'
import type { Question } from '../src/question.ts'
import { recordVerdict } from '../src/verdict-ledger.ts'
import { scriptedRule, type ScriptedRule } from './checker-rig.ts'

const MIGRATIONS = [
  { name: 'checker-kit', directory: migrationsBeside(new URL('../src/checker.ts', import.meta.url).href) },
]
export const HOLD_MS = 3_600_000
export const FIELDS = { operation: 'transfer', 'outputs.0.address': '0xaa', 'outputs.0.amount': '5' }

/** One asking of a Co-signer; what is left out is that of its first approver, with everything said. */
export interface Asked {
  readonly txId: string
  readonly kind?: Kind
  /** `name/api-user`. */
  readonly caller?: string
  readonly requestId?: string
  /** Another one: the same request with other bytes. */
  readonly bytes?: string
  readonly fields?: Readonly<Record<string, string | null>> | undefined
  readonly hashes?: readonly string[]
  readonly joint?: 'approve' | 'unable'
  readonly lastAskMs?: number
  readonly holdMs?: number
}

export interface ClaimsRig {
  readonly testDatabase: TestDatabase
  readonly database: Database
  readonly registry: Registry
  readonly rule: ScriptedRule
  /** `approve`, or the reason. */
  ask(asked: Asked): Promise<string>
  tell(asked: Asked, outcome: OutcomeNotice['outcome']): Promise<OutcomeEffect>
  letGo(): Promise<boolean>
  /** How often what the rule took for a transaction was committed; undefined: it holds nothing. */
  taken(txId: string): Promise<number | undefined>
  close(): Promise<void>
}

/** The ledgers of a checker with one rule, on a database whose clock stands. */
export async function startClaimsRig(): Promise<ClaimsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
  const database = await testDatabase.open()
  await database.query({
    text: 'create table taken (rule text, business_key text, committed int default 0, primary key (rule, business_key))',
  })
  const rule = scriptedRule('only', ['tx-approval', 'tx-signing'])
  const rules = [rule]
  const registry = new Registry()
  const metrics = createCheckerMetrics(registry)
  const log = createLogger({ level: 'silent', name: 'rig' })
  return {
    testDatabase,
    database,
    registry,
    rule,
    ask: async (asked) => {
      const { joint = 'approve', kind = 'tx-approval', lastAskMs, holdMs = HOLD_MS } = asked
      const recorded = await recordVerdict(database, rules, {
        asking: askingOf(asked),
        judged: true,
        joint:
          joint === 'approve'
            ? { outcome: 'approve', codes: [], reason: '', evidence: {} }
            : { outcome: 'unable', codes: ['LATER'], reason: 'LATER: said the test', evidence: {} },
        source: { policyDigest: 'policy', dataVersion: 'none' },
        question: questionOf(asked),
        ...(lastAskMs !== undefined && { lastAskMs }),
        ...(kind === 'tx-approval' && { holdMs }),
      })
      return recorded.outcome === 'approve' ? 'approve' : `${recorded.outcome} ${recorded.reason}`
    },
    tell: (asked, outcome) => {
      const { caller, dialect, kind, requestId, digest } = askingOf(asked)
      return applyOutcome(database, rules, caller, {
        aud: 'checker',
        caller: 'f'.repeat(64),
        dialect,
        kind,
        request_id: requestId,
        digest,
        business_key: keyOf(asked),
        outcome,
      })
    },
    letGo: () => letGoOfApprovals({ database, rules, log, metrics }),
    taken: async (txId) => {
      const text = 'select committed from taken where business_key = $1'
      return (await database.query<{ committed: number }>({ text, values: [keyOf({ txId })] }))[0]?.committed
    },
    close: () => testDatabase.drop(),
  }
}

const keyOf = ({ txId }: Asked) => businessKey('fireblocks', 'acme', txId)

const askingOf = ({
  txId,
  kind = 'tx-approval',
  caller = 'cosigner/approver',
  requestId = txId,
  bytes = '',
}: Asked) => ({
  caller,
  dialect: 'fireblocks-jwt' as const,
  kind,
  requestId,
  digest: digestOf(Buffer.from(`${kind} ${requestId} ${bytes}`)),
})

function questionOf(asked: Asked): Question {
  const { txId, hashes = [] } = asked
  const fields = 'fields' in asked ? asked.fields : FIELDS
  return {
    ...askingOf(asked),
    platform: 'fireblocks',
    organisation: 'acme',
    businessKey: keyOf(asked),
    transactionId: txId,
    operation: 'transfer',
    sources: [],
    outputs: [],
    signingHashes: hashes,
    contentDigest: digestOf(Buffer.from(JSON.stringify(fields ?? null))),
    ...(fields !== undefined && { contentFields: fields }),
  }
}
