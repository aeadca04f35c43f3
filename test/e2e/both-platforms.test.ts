import {
  createCosignerGroup,
  CUSTODY,
  makeFireblocksTransfer,
  makeV2KeySign,
  type CosignerExchange,
} from '@callback-quorum/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startE2eRig, CUSTOMER, type E2eRig } from './rig.ts'

const organisation = CUSTODY.organisation
const STRANGER = '0x1111111111111111111111111111111111111111'
const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
const ETH = 10n ** 18n
const TRIES_MAX = 5

let rig: E2eRig
beforeAll(async () => {
  rig = await startE2eRig()
  await rig.startGatewayHere()
})
afterAll(() => rig.close())

interface Payment {
  readonly reference: string
  readonly txId: string
  readonly amount?: string
  readonly nonce?: bigint
  readonly describedAs?: { readonly to: string }
  readonly to?: string
}

const ofVault = (stage: 'approval' | 'signing', { reference, amount = '0.5', to = CUSTOMER, ...o }: Payment) =>
  makeFireblocksTransfer({ asset: 'ETH', to, amount, externalTxId: reference, stage, ...o })

const approve = (payment: Payment): Promise<CosignerExchange> =>
  rig.cosigner('approver').askOnce(ofVault('approval', payment))
const sign = (payment: Payment): Promise<CosignerExchange> =>
  rig.cosigner('signer').askOnce(ofVault('signing', payment))

/** As a Co-signer does: RETRY is asked again, the very same. A busy machine makes checkers late. */
async function signed(payment: Payment): Promise<CosignerExchange> {
  const request = ofVault('signing', payment)
  const signer = rig.cosigner('signer')
  let exchange = await signer.askOnce(request)
  for (let tries = 1; tries < TRIES_MAX && exchange.result === 'retry'; tries += 1)
    exchange = await signer.askOnce(request)
  return exchange
}

/** What the rule of the day has counted, in wei. */
const usedToday = async (): Promise<bigint> => {
  const [row] = await rig.databases.limits.query<{ used: string }>({
    text: `select coalesce(sum(used), 0)::text as used from counter where rule_id = 'eth-day'`,
  })
  return BigInt(row?.used ?? 0)
}

test('a node and a Co-signer ask one gateway at the same time, of one set of checkers', async () => {
  const node = rig.node(['gateway'])
  const again = { retryTimes: TRIES_MAX }
  const numbers = [1, 2, 3, 4]
  for (const n of numbers) {
    await rig.addWithdrawal(`WD-1000000${n}`, 'ETH', '0.25')
    await rig.addWithdrawal(`WD-2000000${n}`, 'ETH', '0.25')
  }
  const [ofNode, ofCosigner] = await Promise.all([
    Promise.all(
      numbers.map((n) =>
        node.ask(makeV2KeySign({ reference: `WD-1000000${n}`, to: CUSTOMER, amount: '0.25', organisation }), again),
      ),
    ),
    Promise.all(numbers.map((n) => signed({ reference: `WD-2000000${n}`, txId: `tx-together-${n}`, amount: '0.25' }))),
  ])
  expect(ofNode.map(({ decision }) => decision)).toEqual(numbers.map(() => 'APPROVE'))
  expect(ofCosigner.map(({ result }) => result)).toEqual(numbers.map(() => 'approve'))
  // One limit for both platforms: 8 payments of 0.25 ETH.
  expect(await usedToday()).toBe(2n * ETH)
})

test('approval and signing of one transaction are asked apart, and count once', async () => {
  const payment = { reference: 'WD-30000001', txId: 'tx-twice-asked' }
  await rig.addWithdrawal(payment.reference, 'ETH', '0.5')
  const before = await usedToday()
  expect((await approve(payment)).result).toBe('approve')
  expect((await sign(payment)).result).toBe('approve')
  expect((await usedToday()) - before).toBe(ETH / 2n)
  const records = await rig.databases.gateway.query<{ line: string }>({
    text: `select caller || ' ' || kind || ' ' || outcome as line from record where business_key = $1 order by chain_sequence`,
    values: [`fireblocks:${organisation}:tx-twice-asked`],
  })
  expect(records.map(({ line }) => line)).toEqual([
    'cosigner/api-approver tx-approval approved',
    'cosigner/api-signer tx-signing approved',
  ])
})

test('an approval is no answer to the signing: bytes that do something else are rejected', async () => {
  const payment = { reference: 'WD-30000002', txId: 'tx-lies-later' }
  await rig.addWithdrawal(payment.reference, 'ETH', '0.5')
  expect((await approve(payment)).result).toBe('approve')
  const lying = await sign({ ...payment, to: STRANGER, describedAs: { to: CUSTOMER } })
  expect(lying).toMatchObject({ result: 'reject' })
  expect(lying.rejectionReason).toContain('RAW_DESTINATION_DIFFERS')
})

test('one transaction is signed once: another nonce is another payment', async () => {
  const payment = { reference: 'WD-30000003', txId: 'tx-once' }
  await rig.addWithdrawal(payment.reference, 'ETH', '0.5')
  expect((await sign({ ...payment, nonce: 7n })).result).toBe('approve')
  // Of the same request key, so that the gateway itself sees it first.
  const again = await sign({ ...payment, nonce: 8n })
  expect(again).toMatchObject({ result: 'reject' })
  expect(again.rejectionReason).toContain('DIGEST_CHANGED')
  const asAnother = await rig.cosigner('signer').askOnce(
    makeFireblocksTransfer({
      ...{ asset: 'ETH', to: CUSTOMER, amount: '0.5', externalTxId: payment.reference },
      ...{ txId: payment.txId, requestId: 'tx-once-batch-2', nonce: 8n },
    }),
  )
  expect(asAnother).toMatchObject({ result: 'reject' })
  expect(asAnother.rejectionReason).toMatch(/SECOND_SIGNATURE|REF_/)
})

test('a reference pays once, whichever platform asks second', async () => {
  await rig.addWithdrawal('WD-30000004', 'ETH', '0.5')
  expect((await sign({ reference: 'WD-30000004', txId: 'tx-first' })).result).toBe('approve')
  const second = await rig
    .node(['gateway'])
    .ask(makeV2KeySign({ reference: 'WD-30000004', to: CUSTOMER, amount: '0.5', organisation }))
  expect(second.decision).toBe('REJECT')
  expect(second.reason).toContain('REF_ALREADY_USED')
})

test('a listed address is refused at approval, at signing and when it is to be whitelisted', async () => {
  const payment = { reference: 'WD-30000005', txId: 'tx-listed', to: LISTED }
  await rig.addWithdrawal(payment.reference, 'ETH', '0.5', LISTED)
  const whitelisting = rig.cosigner('approver').askOnce({
    kind: 'config-change',
    content: {
      requestId: 'whitelist-1',
      type: 'UNMANAGED_WALLET',
      extraInfo: { subType: 'EXTERNAL', walletName: 'w', walletId: 'wallet-1', asset: 'ETH', address: LISTED, tag: '' },
    },
  })
  for (const exchange of await Promise.all([approve(payment), sign(payment), whitelisting])) {
    expect(exchange).toMatchObject({ result: 'reject' })
    expect(exchange.rejectionReason).toContain('SANCTIONS_MATCH')
  }
})

test('of a pair of Co-signers the second signs what the first cannot ask about, and both together count once', async () => {
  const request = ofVault('signing', { reference: 'WD-30000006', txId: 'tx-of-a-pair' })
  await rig.addWithdrawal('WD-30000006', 'ETH', '0.5')
  const before = await usedToday()
  // Nobody listens there: a port that no TCP server may have.
  const cutOff = rig.cosigner('signer', 'http://127.0.0.1:1')
  const results = await createCosignerGroup([cutOff, rig.cosigner('second-signer')]).sign(request)
  expect(results.map(({ decision, failure }) => failure ?? decision)).toEqual(['unreachable', 'approved'])
  // The first is back and asks about the very same bytes: the same signature, and no second payment.
  expect((await rig.cosigner('signer').askOnce(request)).result).toBe('approve')
  expect((await usedToday()) - before).toBe(ETH / 2n)
})
