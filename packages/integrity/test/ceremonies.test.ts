import {
  CUSTODY,
  makeV1KeyGen,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeyShareSign,
  testRootPubkey,
} from '@callback-quorum/simulator'
import { describe, expect, test } from 'vitest'
import { createIntegrity } from './integrity-rig.ts'

const [one, two, three] = CUSTODY.nodeIds
const nodes = `[${CUSTODY.nodeIds.join(', ')}]`
const keygen = (threshold = 2, ids = nodes, curve = 'secp256k1'): string =>
  `ceremonies: { keygen: [{ curve: ${curve}, threshold: ${String(threshold)}, node_ids: ${ids} }] }\n`
const reshare = (ids = nodes): string =>
  `ceremonies: { keyreshare: [{ root_pub_key: ${testRootPubkey()}, curve: secp256k1, threshold: 2, node_ids: ${ids} }] }\n`

const judge = async (
  content: ReturnType<typeof makeV2KeyGen>,
  config = '',
  dialect?: 'cobo-v1',
): Promise<readonly string[]> => (await createIntegrity({ config })).codesOf(content, dialect)

describe('KeyGen', () => {
  test('is approved for exactly the configured nodes, threshold and curve', async () => {
    expect(await judge(makeV2KeyGen(), keygen())).toEqual([])
    expect(await judge(makeV1KeyGen(), keygen(), 'cobo-v1')).toEqual([])
  })
  test.each([
    ['nothing configured', ''],
    ['another threshold', keygen(3)],
    ['another curve', keygen(2, nodes, 'ed25519')],
    ['one node fewer', keygen(2, `[${one}, ${two}]`)],
    ['one node more', keygen(2, `[${one}, ${two}, ${three}, stranger]`)],
    ['another node', keygen(2, `[${one}, ${two}, stranger]`)],
  ])('is refused with %s', async (_, config) => {
    expect(await judge(makeV2KeyGen(), config)).toEqual(['KEYGEN_NOT_ALLOWED'])
  })
  test('is refused when a node stands twice', async () => {
    expect(await judge(makeV2KeyGen({ nodeIds: [one, two, two] }), keygen())).toContain('KEYGEN_NOT_ALLOWED')
  })
  test('is refused when the description names another group than is asked for', async () => {
    const content = makeV2KeyGen()
    const extra = JSON.parse(content.extra_info ?? '') as { target_key_share_holder_group: { threshold: number } }
    extra.target_key_share_holder_group.threshold = 1
    expect(await judge({ ...content, extra_info: JSON.stringify(extra) }, keygen())).toEqual(['CEREMONY_CONTRADICTS'])
  })
})

describe('KeyReshare, which moves a key to other nodes', () => {
  test('is refused by default', async () => {
    expect(await judge(makeV2KeyReshare())).toEqual(['KEYRESHARE_NOT_ALLOWED'])
    expect(await judge(makeV2KeyReshare(), keygen())).toEqual(['KEYRESHARE_NOT_ALLOWED'])
  })
  test('is approved for exactly the configured key and nodes', async () => {
    expect(await judge(makeV2KeyReshare(), reshare())).toEqual([])
    expect(await judge(makeV2KeyReshare(), reshare(`[${one}, ${two}, stranger]`))).toEqual(['KEYRESHARE_NOT_ALLOWED'])
    expect(await judge(makeV2KeyReshare({ threshold: 1 }), reshare())).toContain('KEYRESHARE_NOT_ALLOWED')
  })
})

describe('KeyShareSign', () => {
  const content = makeV2KeyShareSign()
  const { node_id: node, details } = JSON.parse(content.request_detail ?? '') as {
    node_id: string
    details: { group_id: string }[]
  }
  const allow = (id: string, groups: readonly string[]): string =>
    `ceremonies: { keysharesign: [{ node_id: ${id}, group_ids: [${groups.join(', ')}] }] }\n`
  const groups = details.map(({ group_id: id }) => id)

  test('is refused by default, for another node and for a group that is not named', async () => {
    expect(await judge(content)).toEqual(['KEYSHARESIGN_NOT_ALLOWED'])
    expect(await judge(content, allow('stranger', groups))).toEqual(['KEYSHARESIGN_NOT_ALLOWED'])
    expect(await judge(content, allow(node, ['another-group']))).toEqual(['KEYSHARESIGN_NOT_ALLOWED'])
  })
  test('is approved for the configured node and groups', async () => {
    expect(await judge(content, allow(node, groups))).toEqual([])
  })
})
