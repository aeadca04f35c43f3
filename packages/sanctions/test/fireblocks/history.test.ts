import type { Judgement, Question } from '@callback-quorum/checker-kit'
import { createLogger } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { rememberScreened } from '../../src/history/remember-screened.ts'
import { createKnownBook } from '../../src/similar/known-book.ts'
import { createLookAlikeMetrics } from '../../src/similar/look-alike-metrics.ts'
import { lookAlike } from '../../src/similar/look-alike.ts'
import { lookAlikesSchema } from '../../src/similar/look-alikes-config.ts'
import { codesOf, judge } from '../asking.ts'
import { openLookbackRig, row } from '../history/lookback-rig.ts'
import { bookOf, claim } from '../similar/asked-as-kit.ts'
import { openScreenedDatabase } from '../similar/screened-database.ts'
import { account, ASSETS, CLEAN, otherChange, transfer, whitelisting } from './workspace.ts'

/** The theft of 1,155 WBTC of 2024-05-03: whom the victim meant, and whom it paid (SlowMist). */
const MEANT = '0xd9A1b0B1e1aE382DbDc898Ea68012FfcB2853a91'
const FORGED = '0xd9A1C3788D81257612E2581A6ea0aDa244853a91'
const BTC = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'

async function openLookAlikes(lines = 'own: []\n') {
  const { database } = await openScreenedDatabase()
  const rule = lookAlike({
    config: lookAlikesSchema.parse({}),
    book: createKnownBook({ addresses: await bookOf(lines), assets: ASSETS }),
    database,
    metrics: createLookAlikeMetrics(new Registry()),
    log: createLogger({ level: 'silent', name: 'look-alike' }),
  })
  const ask = (question: Question): Promise<Judgement> => judge(rule, question)
  return {
    database,
    ask,
    codes: async (question: Question): Promise<readonly string[]> => codesOf(await ask(question)),
    approve: (question: Question): Promise<void> => claim(database, rememberScreened, question),
  }
}

test('what resembles an address of the book is not whitelisted, the address itself is', async () => {
  const book = `allow:\n  - { address: '${MEANT}', chain: ethereum, whitelisted_at: 2026-01-01 }\n`
  const { codes } = await openLookAlikes(book)
  expect(await codes(whitelisting(FORGED))).toEqual(['LOOK_ALIKE'])
  expect(await codes(account('EXCHANGE', [['POL', FORGED]]))).toEqual(['LOOK_ALIKE'])
  expect(await codes(whitelisting(MEANT))).toEqual([])
  expect(await codes(transfer('tx-approval', [FORGED]))).toEqual(['LOOK_ALIKE'])
  expect(await codes(transfer('tx-approval', ['']))).toEqual(['ADDRESS_INVALID'])
})

test('what cannot be read is refused, and a change without an address has nothing to compare', async () => {
  const { ask, codes } = await openLookAlikes()
  expect(await codes(account('EXCHANGE', [['NO-SUCH', CLEAN]]))).toEqual(['CHAIN_UNSUPPORTED'])
  expect(await codes(account('EXCHANGE', [['BTC', CLEAN]]))).toEqual(['ADDRESS_INVALID'])
  expect(await ask(otherChange('ADD_USER'))).toMatchObject({ outcome: 'approve', evidence: { compared: 0 } })
})

test('whoever was paid or whitelisted lately is known: what resembles it is refused both ways', async () => {
  const { codes, approve } = await openLookAlikes()
  await approve(whitelisting(MEANT))
  expect(await codes(transfer('tx-signing', [FORGED]))).toEqual(['LOOK_ALIKE'])
  expect(await codes(whitelisting(FORGED))).toEqual(['LOOK_ALIKE'])
  expect(await codes(transfer('tx-signing', [MEANT]))).toEqual([])
})

test('every address of an account is remembered on its own chain, once for each key', async () => {
  const { database, approve } = await openLookAlikes()
  await approve(
    account('EXCHANGE', [
      ['ETH', CLEAN],
      ['POL', CLEAN],
      ['BTC', BTC],
    ]),
  )
  const rows = await database.query<{ line: string }>({
    text: `select concat_ws(' ', role, chain, raw) as line from screened_address order by chain, raw`,
  })
  expect(rows.map(({ line }) => line)).toEqual([`destination bitcoin ${BTC}`, `destination ethereum ${CLEAN}`])
  const paid = await database.query<{ raw: string }>({ text: 'select raw from paid_destination' })
  expect(paid.map(({ raw }) => raw).toSorted()).toEqual([CLEAN, BTC].toSorted())
})

test('a whitelisting is found when its address is listed later', async () => {
  const rig = await openLookbackRig()
  const question = whitelisting(CLEAN)
  await claim(rig.database, rememberScreened, question)
  await rig.activate([row(CLEAN)])
  await rig.lookback.stop()
  expect(await rig.hits()).toMatchObject([
    { foundIn: 'approval', chain: 'ethereum', raw: CLEAN, approval: { businessKey: question.businessKey } },
  ])
})
