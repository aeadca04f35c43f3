import {
  CUSTODY,
  makeV2Eip191Message,
  makeV2Eip712Message,
  makeV2KeySign,
  testRootPubkey,
  type CoboPackage,
} from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { bitcoinCase, type SpendKind } from './cases/bitcoin-case.ts'
import { callOf, FRIEND, PROXY } from './cases/incidents.ts'
import { Random } from './cases/random.ts'
import { createIntegrity, type IntegrityOptions } from './integrity-rig.ts'

const judge = async (content: CoboPackage, options: IntegrityOptions = {}): Promise<readonly string[]> =>
  (await createIntegrity(options)).codesOf(content)

type Json = Record<string, unknown>
type Group = Json & { tss_key_share_groups: Json[]; key_share_holders: Json[]; threshold: number }
interface Parts {
  readonly detail: Json
  readonly extra: Json & {
    signer_key_share_holder_group: Group
    vault: { root_pubkeys: Json[] }
    source_addresses: Json[]
  }
}

function changed(change: (parts: Parts) => void): CoboPackage {
  const content = makeV2KeySign({ to: FRIEND, amount: '1' })
  const detail = JSON.parse(content.request_detail ?? '') as Json
  const extra = JSON.parse(content.extra_info ?? '') as Parts['extra']
  change({ detail, extra })
  return { ...content, request_detail: JSON.stringify(detail), extra_info: JSON.stringify(extra) }
}

describe('the signing group', () => {
  const cases: readonly (readonly [string, string, CoboPackage])[] = [
    ['another group id', 'GROUP_UNKNOWN', changed(({ detail }) => void (detail['group_id'] = 'other'))],
    [
      'a group that the description does not have',
      'GROUP_MISMATCH',
      changed(({ extra }) => void (extra.signer_key_share_holder_group.tss_key_share_groups = [])),
    ],
    [
      'no description of the group',
      'GROUP_MISSING',
      changed(({ extra }) => void ((extra as Json)['signer_key_share_holder_group'] = null)),
    ],
    [
      'a node that holds no share',
      'GROUP_MISMATCH',
      changed(({ detail }) => void (detail['used_node_ids'] = [CUSTODY.nodeIds[0], 'stranger'])),
    ],
    [
      'fewer nodes than the threshold',
      'GROUP_MISMATCH',
      changed(({ detail }) => void (detail['used_node_ids'] = [CUSTODY.nodeIds[0]])),
    ],
    [
      'a node twice',
      'NODE_REPEATED',
      changed(({ detail }) => void (detail['used_node_ids'] = [CUSTODY.nodeIds[0], CUSTODY.nodeIds[0]])),
    ],
    [
      'a vault of another key',
      'GROUP_MISMATCH',
      changed(({ extra }) => void (extra.vault.root_pubkeys = [{ root_pubkey: 'xpub-other', curve: 'SECP256K1' }])),
    ],
    [
      'a source address of another key',
      'GROUP_MISMATCH',
      changed(
        ({ extra }) =>
          void (extra.source_addresses = extra.source_addresses.map((source) => ({
            ...source,
            root_pubkey: 'xpub-other',
          }))),
      ),
    ],
  ]
  test.each(cases)('with %s: %s', async (_, code, content) => {
    expect(await judge(content)).toContain(code)
  })
  test('of another root key than the configured ones: GROUP_UNKNOWN', async () => {
    const other =
      'xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB'
    const config = `groups: [{ root_pub_key: ${other} }]\n`
    expect(await judge(makeV2KeySign({ to: FRIEND, amount: '1' }), { config })).toEqual(['GROUP_UNKNOWN'])
  })
  test('with nodes that are not the configured ones: NODE_UNKNOWN', async () => {
    const config = `groups: [{ root_pub_key: ${testRootPubkey()}, node_ids: [${CUSTODY.nodeIds[0]}] }]\n`
    expect(await judge(makeV2KeySign({ to: FRIEND, amount: '1' }), { config })).toEqual(['NODE_UNKNOWN'])
  })
})

describe('fees', () => {
  const content = makeV2KeySign({ to: FRIEND, amount: '1' })
  const costs = 21_000n * 30_000_000_000n
  test.each([
    ['no cap for the chain', 'fees: []\n', ['FEE_CAP_MISSING']],
    ['a cap just above', 'fees: [{ chain: ethereum, max: "0.00063" }]\n', []],
    ['a cap just below', 'fees: [{ chain: ethereum, max: "0.000629999999999999" }]\n', ['FEE_ABSOLUTE']],
    ['a share that is just enough', 'fees: [{ chain: ethereum, max: "1", max_share: "0.00063" }]\n', []],
    ['a share that is not', 'fees: [{ chain: ethereum, max: "1", max_share: "0.000629" }]\n', ['FEE_RELATIVE']],
  ])('%s', async (_, fees, codes) => {
    expect(costs).toBe(630_000_000_000_000n)
    expect(await judge(content, { config: fees })).toEqual(codes)
  })

  test('of legacy Bitcoin inputs are not proven, and refused unless that is accepted', async () => {
    const made = bitcoinCase.random(new Random(1))
    const payment = {
      ...made,
      form: 'transaction' as const,
      inputs: made.inputs.map((input) => ({ ...input, kind: 'P2PKH' as const })),
    }
    const request = bitcoinCase.build(payment, payment)
    const addresses = `root_keys: [${testRootPubkey()}]\n`
    expect(await judge(request, { addresses, config: 'fees: [{ chain: bitcoin, max: "0.01" }]\n' })).toEqual([
      'FEE_UNPROVEN',
    ])
    expect(
      await judge(request, { addresses, config: 'fees: [{ chain: bitcoin, max: "0.01", unproven: accept }]\n' }),
    ).toEqual([])
  })
})

describe('the fee of several inputs', () => {
  const strict = {
    addresses: `root_keys: [${testRootPubkey()}]\n`,
    config: 'fees: [{ chain: bitcoin, max: "0.01" }]\n',
  }
  const made = bitcoinCase.random(new Random(3))
  const paying = (kind: SpendKind, count: number): CoboPackage => {
    const payment = {
      ...made,
      form: 'transaction' as const,
      inputs: Array.from({ length: count }, (_, index) => ({
        kind,
        txid: `${String(index)}a`.repeat(32),
        vout: 0,
        amountAtomic: 5_000_000n,
        path: `m/84/0/0/0/${String(index)}`,
      })),
      outputs: made.outputs.slice(0, 1).map((output) => ({ ...output, amountAtomic: 1_000_000n })),
      changeAtomic: BigInt(count) * 5_000_000n - 1_010_000n,
    }
    return bitcoinCase.build(payment, payment)
  }
  test.each([
    ['one P2WPKH', 'P2WPKH', 1, []],
    ['two P2WPKH, each of which proves its own amount only', 'P2WPKH', 2, ['FEE_UNPROVEN']],
    ['two P2SH-P2WPKH', 'P2SH-P2WPKH', 2, ['FEE_UNPROVEN']],
    ['two taproot, each of which proves all amounts', 'P2TR', 2, []],
  ] as const)('%s', async (_, kind, count, codes) => {
    expect(await judge(paying(kind, count), strict)).toEqual(codes)
  })
})

test('change is change only when it is proven ours', async () => {
  const payment = bitcoinCase.random(new Random(2))
  const request = bitcoinCase.build(payment, payment)
  expect(await judge(request, { addresses: `root_keys: [${testRootPubkey()}]\n` })).toEqual([])
  expect(await judge(request)).toEqual(['RAW_HIDES_TRANSFER'])
})

describe('contracts and messages', () => {
  const unknown = callOf({ to: PROXY, value: 0n, data: '0x12345678' })
  test('an unknown function of an unknown contract', async () => {
    expect(await judge(unknown)).toEqual(['CALLDATA_UNDECODED'])
  })
  test.each([
    ['this selector', '["0x12345678"]', []],
    ['every selector', '["*"]', []],
    ['another selector', '["0x12345679"]', ['CALLDATA_UNDECODED']],
  ])('let through for %s', async (_, undecoded, codes) => {
    const config = `contracts: [{ chain: ethereum, address: "${PROXY}", undecoded: ${undecoded} }]\n`
    expect(await judge(unknown, { config })).toEqual(codes)
  })
  test('wrapping at a contract that nobody named', async () => {
    expect(await judge(callOf({ to: PROXY, value: 0n, data: '0xd0e30db0' }))).toEqual(['WRAP_CONTRACT_UNKNOWN'])
  })
  test('an ownership that is named exactly is let through, and no other', async () => {
    const data = `0xf2fde38b${'0'.repeat(24)}${FRIEND.slice(2).toLowerCase()}` as const
    const content = callOf({ to: PROXY, value: 0n, data })
    const allowed = `powers: [{ chain: ethereum, power: ownership, subject: "${PROXY}", grantee: "${FRIEND}" }]\n`
    const toAnother = `powers: [{ chain: ethereum, power: ownership, subject: "${PROXY}", grantee: "${PROXY}" }]\n`
    expect(await judge(content)).toEqual(['POWER_OWNERSHIP'])
    expect(await judge(content, { config: allowed })).toEqual([])
    expect(await judge(content, { config: toAnother })).toEqual(['POWER_OWNERSHIP'])
  })
  test('a message that nobody named, and 32 bytes that could be anything', async () => {
    expect(await judge(makeV2Eip191Message({ message: 'I agree' }))).toEqual(['MESSAGE_NOT_ALLOWED'])
    expect(await judge(makeV2Eip191Message({ message: new Uint8Array(32).fill(9) }))).toContain('MESSAGE_BLIND')
  })
  test('a typed message of a named kind but another domain', async () => {
    const typedData = {
      types: { EIP712Domain: [{ name: 'chainId', type: 'uint256' }], Mail: [{ name: 'contents', type: 'string' }] },
      domain: { chainId: 1 },
      primaryType: 'Mail',
      message: { contents: 'Hi' },
    }
    const config =
      'messages: [{ standard: eip-712, chain: ethereum, primary_type: Mail, domain: { name: Mail, chain_id: 1 } }]\n'
    expect(await judge(makeV2Eip712Message({ typedData }), { config })).toEqual(['MESSAGE_NOT_ALLOWED'])
  })
})

describe('a configuration that cannot be meant', () => {
  test.each([
    ['an unknown chain', 'contracts: [{ chain: etherium, address: "0x1" }]\n', /contracts\[0\]\.chain: is no chain/],
    [
      'no address',
      'powers: [{ chain: ethereum, power: role, subject: "0x1" }]\n',
      /powers\[0\]\.subject: is no address of ethereum/,
    ],
    [
      'a chain with two caps',
      'fees: [{ chain: ethereum, max: "1" }, { chain: ethereum, max: "2" }]\n',
      /fees\[1\]\.chain: stands twice/,
    ],
    [
      'too many decimals',
      'fees: [{ chain: bitcoin, max: "0.000000001" }]\n',
      /fees\[0\]\.max: has more decimals than BTC/,
    ],
    [
      'a pattern that is none',
      'messages: [{ standard: eip-191, chain: ethereum, pattern: "(" }]\n',
      /messages\[0\]\.pattern: is no regular expression/,
    ],
    ['no group', 'groups: []\n', /groups/],
    ['an unknown power', 'powers: [{ chain: ethereum, power: everything }]\n', /powers\[0\]\.power/],
    ['an unknown word', 'contract: []\n', /contract: is not a known key/],
  ])('%s', async (_, config, expected) => {
    await expect(createIntegrity({ config })).rejects.toMatchObject({
      problems: [expect.stringMatching(expected)] as unknown,
    })
  })
})
