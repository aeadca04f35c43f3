import { CUSTODY, makeV2KeyReshare, makeV2KeySign } from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CUSTOMER, startE2eRig, type E2eRig } from './rig.ts'

const { organisation } = CUSTODY
const STRANGER = `0x${'11'.repeat(20)}`

describe('the bytes are what is judged', () => {
  let rig: E2eRig
  beforeAll(async () => {
    rig = await startE2eRig()
    await rig.startGatewayHere()
  })
  afterAll(() => rig.close())

  test('a payment that does what it says is approved, and what its bytes do stands in the records', async () => {
    await rig.addWithdrawal('WD-00000011', 'ETH', '1')
    const asked = makeV2KeySign({ reference: 'WD-00000011', to: CUSTOMER, amount: '1', organisation })
    expect(await rig.node(['gateway']).ask(asked)).toMatchObject({ decision: 'APPROVE' })
    for (const name of ['integrity', 'limits', 'sanctions'] as const) {
      const [row] = await rig.databases[name].query<{ evidence: Record<string, unknown> }>({
        text: `select evidence from verdict_record where outcome = 'approve' order by 1 desc limit 1`,
      })
      expect(row?.evidence['.bytes']).toMatchObject({
        form: 'evm-1559',
        effects: [{ effect: 'transfer', amountAtomic: '1000000000000000000', to: { text: CUSTOMER } }],
      })
    }
  })

  test('one that pays somebody else is refused although limits, lists and the business system know it as described', async () => {
    await rig.addWithdrawal('WD-00000012', 'ETH', '1')
    const lie = makeV2KeySign({
      reference: 'WD-00000012',
      to: STRANGER,
      amount: '1',
      describedAs: { to: CUSTOMER },
      organisation,
    })
    const [exchange] = await rig.node(['gateway']).askOnce(lie)
    expect(exchange).toMatchObject({ result: 'reject' })
    expect(exchange?.error).toContain('RAW_DESTINATION_DIFFERS')
  })

  test('registered directly, integrity alone refuses a reshare and a lie', async () => {
    const node = rig.node(['integrity'])
    const [reshare] = await node.askOnce(makeV2KeyReshare({ organisation }))
    expect(reshare?.error).toContain('KEYRESHARE_NOT_ALLOWED')
    const [lie] = await node.askOnce(
      makeV2KeySign({ to: CUSTOMER, amount: '9', describedAs: { amount: '1' }, organisation }),
    )
    expect(lie?.error).toContain('RAW_AMOUNT_DIFFERS')
  })

  test('while integrity is away, nothing is approved', async () => {
    await rig.stopChecker('integrity')
    await rig.addWithdrawal('WD-00000013', 'ETH', '1')
    const asked = makeV2KeySign({ reference: 'WD-00000013', to: CUSTOMER, amount: '1', organisation })
    const [exchange] = await rig.node(['gateway']).askOnce(asked)
    expect(exchange?.result).not.toBe('approve')
    await rig.startChecker('integrity')
    expect(await rig.node(['gateway']).ask(asked)).toMatchObject({ decision: 'APPROVE' })
  })
})
