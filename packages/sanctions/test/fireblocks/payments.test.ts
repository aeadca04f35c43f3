import { describe, expect, test } from 'vitest'
import { codesOf, judge } from '../asking.ts'
import { CLEAN_BTC, rule } from '../rule-under-test.ts'
import { assetNamed, CLEAN, LAZARUS, transfer } from './workspace.ts'

const codes = async (question: Parameters<typeof judge>[1]): Promise<readonly string[]> =>
  codesOf(await judge(rule, question))

const argument = (hex: string): string => hex.replace('0x', '').toLowerCase().padStart(64, '0')
/** ERC-20 `transfer` and `approve`. */
const TRANSFER = 'a9059cbb'
const APPROVE = '095ea7b3'
const call = (kind: 'tx-approval' | 'tx-signing', calldata: string, valueAtomic: bigint | undefined = 0n) =>
  transfer(kind, [CLEAN], {
    operation: 'contract-call',
    contract: { address: CLEAN, calldata, ...(valueAtomic >= 0n && { valueAtomic }) },
  })

test('whoever the call data names is screened at the approval; a signing is judged by its bytes alone', async () => {
  for (const selector of [TRANSFER, APPROVE]) {
    const listed = selector + argument(LAZARUS) + argument('0x01')
    expect(await codes(call('tx-approval', listed))).toEqual(['SANCTIONS_MATCH'])
    const clean = selector + argument(CLEAN) + argument('0x01')
    expect(await codes(call('tx-approval', clean))).toEqual([])
    expect(await codes(call('tx-approval', clean, -1n))).toEqual(['CALLDATA_UNDECODED'])
    expect(await codes(call('tx-signing', clean))).toEqual(['CALLDATA_UNDECODED'])
  }
  const two = call('tx-approval', TRANSFER + argument(CLEAN) + argument('0x01'))
  expect(await codes({ ...two, outputs: [...two.outputs, ...two.outputs] })).toEqual(['CALLDATA_UNDECODED'])
})

describe.each(['tx-approval', 'tx-signing'] as const)('%s of a Co-signer, without bytes', (kind) => {
  test('is judged though it names no source: who pays is a vault of ours', async () => {
    expect(rule.kinds).toContain(kind)
    expect(await judge(rule, transfer(kind, [CLEAN]))).toMatchObject({
      outcome: 'approve',
      evidence: { screened: [{ role: 'destination', raw: CLEAN, matches: [] }] },
    })
  })

  test('every destination of a multi-destination transaction is screened', async () => {
    expect(await codes(transfer(kind, [CLEAN, LAZARUS]))).toEqual(['SANCTIONS_MATCH'])
    expect(await codes(transfer(kind, [CLEAN, CLEAN_BTC]))).toEqual(['ADDRESS_INVALID'])
  })

  test('a destination without an address, as an approval has it for a vault, is rejected', async () => {
    expect(await judge(rule, transfer(kind, [CLEAN, '']))).toMatchObject({
      outcome: 'reject',
      objections: [{ code: 'ADDRESS_INVALID', text: 'a destination on ethereum has no address' }],
    })
  })

  test('no destination at all is rejected', async () => {
    expect(await codes(transfer(kind, []))).toEqual(['NOTHING_TO_SCREEN'])
  })

  test('a token transfer by the description alone is judged by its destination', async () => {
    const asset = assetNamed('USDT-ETHEREUM')
    expect(await codes(transfer(kind, [CLEAN], { asset }))).toEqual([])
    expect(await codes(transfer(kind, [LAZARUS], { asset }))).toEqual(['SANCTIONS_MATCH'])
  })

  test('what can pay somebody whom nobody names is rejected: unknown calls, messages, RAW and the rest', async () => {
    expect(await codes(call(kind, 'deadbeef'))).toEqual(['CALLDATA_UNDECODED'])
    for (const operation of ['message', 'raw', 'other'] as const) {
      expect(await codes(transfer(kind, [CLEAN], { operation }))).toEqual(['CALLDATA_UNDECODED'])
      expect(await codes(transfer(kind, [], { operation }))).toEqual(['NOTHING_TO_SCREEN', 'CALLDATA_UNDECODED'])
    }
  })
})
