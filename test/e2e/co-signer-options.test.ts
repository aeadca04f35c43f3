import { makeFireblocksTransfer, PIN_DIFFERS, type CosignerTrust } from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APPROVER, HOST, startCosignerRig, type CosignerRig } from './co-signer-rig.ts'
import { makePrivateAuthority, type PrivateAuthority } from './private-authority.ts'
import { CUSTOMER } from './rig.ts'

let stranger: PrivateAuthority
beforeAll(async () => {
  stranger = await makePrivateAuthority(HOST)
})

const payment = { to: CUSTOMER, amount: '0.5' }

describe.each([1, 2, 3, 4, 5] as const)('option %i over TLS, set up with what "keys co-signer" printed', (option) => {
  let rig: CosignerRig
  beforeAll(async () => {
    rig = await startCosignerRig({ option })
  })
  afterAll(() => rig.close())

  test('a payment is approved, and one that pays something else is rejected with its reason', async () => {
    const cosigner = rig.cosigner()
    expect(cosigner.option).toBe(option)
    expect(await cosigner.ask(makeFireblocksTransfer({ ...payment, seed: 1 }))).toMatchObject({ decision: 'approved' })
    const lie = makeFireblocksTransfer({ ...payment, amount: '9', describedAs: { amount: '0.5' }, seed: 2 })
    const refused = await cosigner.ask(lie)
    expect(refused.decision).toBe('rejected')
    expect(refused.reason).toContain('RAW_AMOUNT_DIFFERS')
    const recorded = await rig.databases.integrity.query<{ dialect: string; outcome: string }>({
      text: 'select distinct dialect, outcome from verdict_record order by outcome',
    })
    const dialect = `fireblocks-${rig.made.messages}`
    expect(recorded).toEqual([
      { dialect, outcome: 'approve' },
      { dialect, outcome: 'reject' },
    ])
  })

  test('an approval and a change of the workspace are answered to the approver', async () => {
    const approver = rig.cosigner({ signerId: APPROVER })
    const approval = makeFireblocksTransfer({ ...payment, stage: 'approval', seed: 3 })
    expect(await approver.ask(approval)).toMatchObject({ decision: 'approved' })
    const change = { kind: 'config-change', content: { requestId: 'change-1', type: 'ADD_USER' } } as const
    const refused = await approver.ask(change)
    expect(refused).toMatchObject({ decision: 'rejected', requestId: 'change-1' })
  })

  test('the Co-signer refuses another server before it asks anything', async () => {
    const wrong: CosignerTrust =
      rig.made.trust === 'pin'
        ? { kind: 'pin', pin: stranger.pin }
        : { kind: rig.made.trust === 'root-ca' ? 'root-ca' : 'ca', pem: stranger.pem }
    const before = await requestCount(rig)
    const exchange = await rig.cosigner({ trust: wrong }).askOnce(makeFireblocksTransfer({ ...payment, seed: 4 }))
    expect(exchange.result).toBe('unreachable')
    expect(exchange.problem).toContain(rig.made.trust === 'pin' ? PIN_DIFFERS : 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    expect(await requestCount(rig)).toBe(before)
  })

  test('an API user that nobody declared is told nothing', async () => {
    const exchange = await rig
      .cosigner({ signerId: 'somebody' })
      .askOnce(makeFireblocksTransfer({ ...payment, seed: 5 }))
    expect(exchange).toMatchObject({ result: 'http', http: 401, body: '' })
  })
})

async function requestCount({ databases }: CosignerRig): Promise<number> {
  return (await databases.gateway.query({ text: 'select 1 from request' })).length
}
