import { createHash } from 'node:crypto'
import { createTestDatabase, migrationsBeside, type Database } from '@callback-quorum/service'
import { inject, onTestFinished } from 'vitest'
import { claimReference } from '../../src/claims/claim-reference.ts'
import type { Claiming } from '../../src/claims/claim.ts'
import { releaseHolder } from '../../src/claims/release-claim.ts'

const MIGRATIONS = [
  { name: 'business-lookup', directory: migrationsBeside(new URL('../../src/index.ts', import.meta.url).href) },
]

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Of `Claiming`, what a test says; a signature of WD-1 by transaction `key` without slots. */
export const asks = (key: string, more: Partial<Claiming> = {}): Claiming => ({
  organisation: 'acme',
  reference: 'WD-1',
  businessKey: `cobo:acme:${key}`,
  isSigning: true,
  signature: digestOf(`${key} ${String(more.slots)}`),
  slots: [],
  termsDigest: digestOf('1.5 ETH'),
  terms: [{ field: 'amount', comparator: 'equal', expected: '1.5', actual: '1.5', ok: true }],
  recordDigest: digestOf('record'),
  ...more,
})

export interface ClaimsRig {
  readonly database: Database
  /** Claims as checker-kit does: what is refused is rolled back. Answers the result, of a refusal its code. */
  claim(claiming: Claiming): Promise<string>
  release(key: string): Promise<boolean>
  /** One line for each claim: state, reference, slots, holders. */
  claims(): Promise<readonly string[]>
}

export async function openClaimsRig(): Promise<ClaimsRig> {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS)
  onTestFinished(() => testDatabase.drop())
  const database = await testDatabase.open({ poolSizeMax: 20 })
  return {
    database,
    claim: (claiming) =>
      database.transaction(async (tx) => {
        await tx.query({ text: 'savepoint claims' })
        const claimed = await claimReference(tx, claiming)
        const isTaken = ['claimed', 'again', 'replaced'].includes(claimed.result)
        await tx.query({ text: isTaken ? 'release savepoint claims' : 'rollback to savepoint claims' })
        return claimed.result === 'refused' ? claimed.objection.code : claimed.result
      }),
    release: (key) => database.transaction((tx) => releaseHolder(tx, `cobo:acme:${key}`)),
    claims: async () => {
      const rows = await database.query<{ line: string }>({
        text: `select concat_ws(' ', state, reference, case when slots is null then 'unsigned' else '[' || array_to_string(array(select unnest(slots) order by 1), ',') || ']' end,
                 (select string_agg(split_part(business_key, ':', 3) || case when released_at is null then '' else '-' end, ',' order by holder_id)
                  from claim_holder where claim_holder.claim_id = claim.claim_id)) as line
               from claim order by claim_id`,
      })
      return rows.map(({ line }) => line)
    },
  }
}
