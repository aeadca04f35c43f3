import { createTestDatabase } from '@callback-quorum/service'
import { CUSTODY, makeV2KeySign, type CoboPackage } from '@callback-quorum/simulator'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { readBooks } from './limits-books.ts'
import { limitsProcesses, type LimitsProcess, type LimitsProcesses } from './limits-processes.ts'
import { CUSTOMER } from './rig.ts'

// One transaction, one charge, through a real process that binds the bytes: per transaction 6 ETH, in a day 10.
const ETH = 10n ** 18n

let limits: LimitsProcesses
let checker: LimitsProcess
let url = ''
let drop: () => Promise<void>
beforeEach(async () => {
  const testDatabase = await createTestDatabase(inject('postgresUrl'), [])
  url = testDatabase.url
  drop = () => testDatabase.drop()
  limits = await limitsProcesses()
  checker = await limits.start(url)
}, 60_000)
afterEach(async () => {
  await limits.close()
  await drop()
})

type Options = Parameters<typeof makeV2KeySign>[0]
const payment = (options: Partial<Options>): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, amount: '4', nonce: 7n, organisation: CUSTODY.organisation, ...options })
const used = async (): Promise<readonly string[]> => (await readBooks(url)).used
const eth = (amount: bigint): readonly string[] => [`eth-day ${String(amount * ETH)}`]
const code = (text: string): object => ({ result: 'reject', error: expect.stringContaining(text) as string })
const APPROVE = { result: 'approve' }

test('L15 and L17: asked again, also under another request id, it is approved and counted once', async () => {
  const first = payment({ coboId: 't1', requestId: 'r1' })
  for (let times = 0; times < 3; times += 1) expect(await checker.ask(first)).toMatchObject(APPROVE)
  expect(await checker.ask(payment({ coboId: 't1', requestId: 'r2' }))).toMatchObject(APPROVE)
  expect(await used()).toEqual(eth(4n))
})

test('L16: with another amount or destination it is a conflict, and nothing moves', async () => {
  await checker.ask(payment({ coboId: 't1' }))
  expect(await checker.ask(payment({ coboId: 't1', amount: '1' }))).toMatchObject(code('IDEMPOTENCY_CONFLICT'))
  const elsewhere = payment({ coboId: 't1', to: '0x0f76f604fd7762bd94b48ca2523f69ab9665c97f' })
  expect(await checker.ask(elsewhere)).toMatchObject(code('IDEMPOTENCY_CONFLICT'))
  expect(await used()).toEqual(eth(4n))
})

test('L17: with another nonce it would be paid twice', async () => {
  await checker.ask(payment({ coboId: 't1' }))
  expect(await checker.ask(payment({ coboId: 't1', nonce: 8n }))).toMatchObject(code('SECOND_SIGNATURE'))
  expect(await used()).toEqual(eth(4n))
})

test('L24 to L27, by the bytes: the same nonce replaces, another nonce is another payment', async () => {
  expect(await checker.ask(payment({ coboId: 't1' }))).toMatchObject(APPROVE)
  expect(await checker.ask(payment({ coboId: 't2', amount: '5' }))).toMatchObject(APPROVE)
  expect(await used()).toEqual(eth(5n))
  expect(await checker.ask(payment({ coboId: 't3', nonce: 8n }))).toMatchObject(APPROVE)
  expect(await checker.ask(payment({ coboId: 't4', nonce: 9n }))).toMatchObject(code('LIMIT_WINDOW'))
  expect(await used()).toEqual(eth(9n))
})

test('L35: an amount that is a number decides nothing', async () => {
  const content = payment({ coboId: 't1' })
  const asNumber = { ...content, extra_info: String(content.extra_info).replace('"amount":"4"', '"amount":4') }
  expect(asNumber.extra_info).not.toBe(content.extra_info)
  expect(await checker.ask(asNumber)).toMatchObject({ result: 'reject' })
  expect(await used()).toEqual([])
})
