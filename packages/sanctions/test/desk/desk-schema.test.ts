import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paymentTo, questionOf } from '../asking.ts'
import { CLEAN } from '../rule-under-test.ts'
import { ASSETS, startDeskRig, type DeskRig } from './desk-rig.ts'
import { indexOfRows, rowOf } from './listed-rows.ts'

const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** The database defends by itself what the program promises. */
let rig: DeskRig
beforeAll(async () => {
  rig = await startDeskRig({ index: await indexOfRows([rowOf(LISTED)]) })
  const day = await rig.inMs(86_400_000)
  const block = { kind: 'block', address: CLEAN, scope: '*', reason: 'no', source_ref: 'case 1', review_at: day }
  await rig.decide(block)
  await rig.decide({
    kind: 'override',
    address: LISTED,
    organisation: 'acme',
    wallet: 'W1',
    reason: 'yes',
    case_ref: 'case 2',
    licence_ref: 'GL-1',
    expires_at: day,
  })
  await rig.claim(questionOf({ ...paymentTo(ASSETS.chain('ethereum'), LISTED), wallet: 'W1' }))
  await rig.decide({ kind: 'revoke-block', block_id: '1', reason: 'over' })
  await rig.propose('olga', block)
})
afterAll(() => rig.testDatabase.drop())

const run = (text: string): Promise<unknown> => rig.database.query({ text })
/** The row that is there, once more, with one column changed. */
const copied = (table: string, id: string, column: string, value: string): Promise<unknown> =>
  run(`insert into ${table} overriding system value
       select (jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object('${id}', 99, 'proposal_id', 3,
         'revoke_proposal_id', null, 'revoked_by', null, 'revoke_approved_by', null, 'revoked_at', null) || '{"${column}": ${value}}')).*
       from ${table} t`)

describe('is refused by the database', () => {
  const CHANGES = [
    ['another scope of a block', `update manual_block set scope = 'tron'`],
    ['a block that is revoked, alive again', `update manual_block set revoked_at = null`],
    ['a deleted block', 'delete from manual_block'],
    ['a later end of an override', `update allow_override set expires_at = expires_at + interval '1 hour'`],
    ['another wallet of an override', `update allow_override set wallet = 'W2'`],
    ['a deleted override', 'delete from allow_override'],
    ['a use that is taken back', 'delete from override_use'],
    ['a use at another time', 'update override_use set at = clock_now()'],
    ['an emptied table', 'truncate override_use'],
    ['all blocks gone', 'truncate manual_block'],
  ] as const
  test.each(CHANGES)('%s', async (_, text) => {
    await expect(run(text)).rejects.toThrow(/append-only|can only be revoked/)
  })

  const ROWS = [
    ['a block of one person', 'manual_block', 'block_id', 'approved_by', '"olga"'],
    ['a block of nothing', 'manual_block', 'block_id', 'keys', '[]'],
    ['a block that is over before it begins', 'manual_block', 'block_id', 'expires_at', '"2020-01-01T00:00:00Z"'],
    ['an override of one person', 'allow_override', 'override_id', 'approved_by', '"olga"'],
    ['an override for every wallet', 'allow_override', 'override_id', 'wallet', '""'],
    ['an override bound to nothing', 'allow_override', 'override_id', 'bound_to', '[]'],
    ['an override for half a year', 'allow_override', 'override_id', 'expires_at', '"2026-07-01T00:00:00Z"'],
    ['an amount of no asset', 'allow_override', 'override_id', 'max_amount', '5'],
  ] as const
  test.each(ROWS)('%s', async (_, table, id, column, value) => {
    await expect(copied(table, id, column, value)).rejects.toThrow(/violates check constraint/)
  })

  test.each([
    ['block_id', 'manual_block', 'scope', '"tron"'],
    ['override_id', 'allow_override', 'wallet', '"W2"'],
  ])('but a row with none of that is taken (%s)', async (id, table, column, value) => {
    await expect(
      rig.database.transaction(async (tx) => {
        await tx.query({
          text: `insert into ${table} overriding system value
                 select (jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object('${id}', 99, 'proposal_id', 4,
                   'revoke_proposal_id', null, 'revoked_by', null, 'revoke_approved_by', null, 'revoked_at', null)
                   || '{"${column}": ${value}}')).* from ${table} t`,
        })
        throw new Error('taken')
      }),
    ).rejects.toThrow('taken')
  })
})
