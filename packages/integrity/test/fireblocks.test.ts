import type { Question } from '@callback-quorum/checker-kit'
import { makeV2KeySign, testRootPubkey, type CoboPackage } from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { asApproval, asSigning, PLAYERS } from './cases/as-fireblocks.ts'
import { BENIGN_POLICY, BENIGN_SHAPES } from './cases/benign-shapes.ts'
import { callOf, FRIEND, INCIDENTS, PROXY } from './cases/incidents.ts'
import { createIntegrity, type Integrity } from './integrity-rig.ts'

const integrity = await createIntegrity({
  config: BENIGN_POLICY.config,
  addresses: BENIGN_POLICY.addresses(testRootPubkey()),
})
const strict = await createIntegrity()

function boundOf({ questionOf }: Integrity, content: CoboPackage, dialect?: 'cobo-v1'): Question {
  const seen = questionOf(content, dialect ?? 'cobo-v2')
  if ('codes' in seen) throw new Error(`refused: ${seen.codes.join(', ')}`)
  return seen.question
}
const payment = boundOf(strict, makeV2KeySign({ to: FRIEND, amount: '1' }))
const isBound = ({ content, dialect }: { content: CoboPackage; dialect?: 'cobo-v1' }): boolean =>
  !('codes' in integrity.questionOf(content, dialect ?? 'cobo-v2'))

describe('the shapes of everyday work', () => {
  test.each(BENIGN_SHAPES)('$name is approved by its bytes, and its approval by its description', async (shape) => {
    const question = boundOf(integrity, shape.content, shape.dialect)
    expect(await integrity.judge(asSigning(question))).toEqual([])
    // What a description alone does not say: a list of Solana instructions.
    const isSaid = question.operation !== 'other'
    expect(await integrity.judge(asApproval(question))).toEqual(isSaid ? [] : ['OPERATION_UNBOUND'])
  })
})

describe('thefts that their bytes admit', () => {
  const shown = INCIDENTS.filter((incident) => isBound(incident))
  test.each(shown)('$name is refused at its signing, and at its approval for the same reasons', async (incident) => {
    const question = boundOf(integrity, incident.content)
    const codes = await integrity.judge(asSigning(question))
    expect(codes).toContain(incident.code)
    // Fees are in the bytes alone.
    const sayable = codes.filter((code) => !code.startsWith('FEE_'))
    expect(await integrity.judge(asApproval(question))).toEqual(sayable)
  })
  test('are most of them', () => {
    expect(shown.length).toBeGreaterThanOrEqual(6)
  })
})

describe('an approval whose description does not say what is done', () => {
  const { asset: _, ...withoutAsset } = asApproval(payment)
  const { chain: __, ...withoutChain } = asApproval(payment)
  const call = asApproval(boundOf(strict, callOf({ to: PROXY, value: 0n, data: '0x12345678' })))
  const { contract: ___, ...withoutCall } = call
  const withoutAmounts = payment.outputs.map(({ amountAtomic: _amount, ...output }) => output)
  const withoutAddresses = call.outputs.map(({ address: _address, ...output }) => output)
  const contract = { address: PROXY, calldata: 'd0e30db0' }
  test.each<[string, Question, string]>([
    ['a digest', { ...asApproval(payment), operation: 'raw' }, 'OPERATION_UNBOUND'],
    ['an operation that is not understood', { ...asApproval(payment), operation: 'other' }, 'OPERATION_UNBOUND'],
    ['a message that is not shown', { ...asApproval(payment), operation: 'message' }, 'OPERATION_UNBOUND'],
    ['no asset', withoutAsset, 'ASSET_MISSING'],
    ['no chain', withoutChain, 'CHAIN_UNSUPPORTED'],
    ['no destination', { ...asApproval(payment), outputs: [] }, 'AMOUNT_MISSING'],
    ['no amount', { ...asApproval(payment), outputs: withoutAmounts }, 'AMOUNT_MISSING'],
    ['a call without its data', withoutCall, 'CALLDATA_UNDECODED'],
    ['a call without its contract', { ...call, outputs: withoutAddresses }, 'CALLDATA_UNDECODED'],
    ['a call of two contracts', { ...call, outputs: [...call.outputs, ...call.outputs] }, 'CALLDATA_UNDECODED'],
    ['a call whose coins are not said', { ...call, contract }, 'AMOUNT_MISSING'],
  ])('%s: %s', async (_name, question, code) => {
    expect(await strict.judge(question)).toEqual([code])
  })

  test('a destination that is no address is refused; a vault account without one is compared when it is signed for', async () => {
    const [output] = payment.outputs
    const { address: _address, ...unread } = output ?? { addressText: '', own: false }
    const asking = (addressText: string): Question => ({
      ...asApproval(payment),
      outputs: [{ ...unread, addressText }],
    })
    expect(await strict.judge(asking('nobody'))).toEqual(['RECIPIENT_UNREADABLE'])
    expect(await strict.judge(asking(''))).toEqual([])
  })
})

describe('the vault account that pays', () => {
  const players = `vaults: [{ id: "0", players: [${PLAYERS.join(', ')}] }, { id: "7" }]\n`
  test.each([
    ['VAULT:0', []],
    ['VAULT:00', ['VAULT_UNKNOWN']],
    ['VAULT:1', ['VAULT_UNKNOWN']],
    ['EXCHANGE:0', ['VAULT_UNKNOWN']],
    ['0', ['VAULT_UNKNOWN']],
  ])('%s', async (wallet, codes) => {
    expect(await strict.judge({ ...asSigning(payment), wallet })).toEqual(codes)
    expect(await strict.judge({ ...asApproval(payment), wallet })).toEqual(codes)
  })
  test('that is not named is unknown', async () => {
    const { wallet: _, ...question } = asSigning(payment)
    expect(await strict.judge(question)).toEqual(['VAULT_UNKNOWN'])
  })
  test.each<[string, readonly string[], readonly string[]]>([
    ['all of them', PLAYERS, []],
    ['some of them', PLAYERS.slice(1), []],
    ['a stranger', [...PLAYERS, 'stranger'], ['NODE_UNKNOWN']],
    ['nobody that is named', [], ['NODE_UNKNOWN']],
    ['one twice', [...PLAYERS, PLAYERS[0]], ['NODE_REPEATED']],
  ])('signed for by %s, where devices are configured', async (_, devices, codes) => {
    const { judge } = await createIntegrity({ config: players })
    expect(await judge(asSigning(payment, devices))).toEqual(codes)
    expect(await judge({ ...asSigning(payment, devices), wallet: 'VAULT:7' })).toEqual(
      devices.length > PLAYERS.length && !devices.includes('stranger') ? ['NODE_REPEATED'] : [],
    )
  })
  test('its approval names no devices', async () => {
    const { judge } = await createIntegrity({ config: players })
    expect(await judge(asApproval(payment))).toEqual([])
  })
})

describe('nothing is approved at a signing that was not bound', () => {
  const { binding, ...unbound } = asSigning(payment)
  test('without bytes every rule of payments fails, and none approves by what the description says', async () => {
    await expect(strict.judge(unbound)).rejects.toThrow('only bound payments reach the rules')
  })
  test('a message whose hash nobody sent is not bound', async () => {
    if (binding === undefined) throw new Error('it was bound')
    await expect(strict.judge({ ...unbound, binding: { ...binding, isUnproven: true } })).rejects.toThrow(
      'only bound payments reach the rules',
    )
  })
})
