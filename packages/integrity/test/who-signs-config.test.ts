import { parseConfigText } from '@callback-quorum/service'
import { describe, expect, test } from 'vitest'
import { checkIntegrityConfig, integrityConfigSchema } from '../src/config.ts'
import { createIntegrity } from './integrity-rig.ts'

const COBO = '{ name: node, platform: cobo, dialects: [cobo-v2], organisation: acme, pubkey_path: node.pub }'
const FIREBLOCKS =
  '{ name: cosigner, platform: fireblocks, dialects: [fireblocks-jwt], organisation: acme, pubkey_path: cosigner.pub, signer_ids: { user-1: signer } }'
const GROUPS = 'groups: [{ root_pub_key: xpub }]\n'
const VAULTS = 'vaults: [{ id: "0" }]\n'

/** What is wrong with the members that say who signs. */
function problemsOf(callers: readonly string[], config: string): readonly string[] {
  const text = `service_name: integrity
profile: development
callback: [{ listen: "127.0.0.1:0", dialects: [cobo-v2, fireblocks-jwt] }]
identity: { private_key: key.pem }
callers: [${callers.join(', ')}]
data_dir: data
${config}`
  const { value } = parseConfigText(text, 'integrity.yaml', integrityConfigSchema, {})
  return checkIntegrityConfig(value).flatMap(({ path, problem }) =>
    path[0] === 'groups' || path[0] === 'vaults' ? [`${path[0]} ${problem}`] : [],
  )
}

describe('who signs is configured for each platform that asks', () => {
  test.each<[string, readonly string[], string, readonly string[]]>([
    ['a node with groups', [COBO], GROUPS, []],
    ['a Co-signer with vault accounts', [FIREBLOCKS], VAULTS, []],
    ['both with both', [COBO, FIREBLOCKS], GROUPS + VAULTS, []],
    ['a node without groups', [COBO], VAULTS, ['groups is missing, and a caller of platform cobo is configured']],
    [
      'a Co-signer without vault accounts',
      [FIREBLOCKS],
      GROUPS,
      ['vaults is missing, and a caller of platform fireblocks is configured'],
    ],
    [
      'both with nothing',
      [COBO, FIREBLOCKS],
      '',
      [
        'groups is missing, and a caller of platform cobo is configured',
        'vaults is missing, and a caller of platform fireblocks is configured',
      ],
    ],
  ])('%s', (_, callers, config, problems) => {
    expect(problemsOf(callers, config)).toEqual(problems)
  })

  test.each([
    ['no group', 'groups: []\n', /groups: .*at least one key group/],
    ['no vault account', 'vaults: []\n', /vaults: .*at least one vault account/],
    ['no device', 'vaults: [{ id: "0", players: [] }]\n', /vaults\[0\]\.players/],
    ['a vault account twice', 'vaults: [{ id: "0" }, { id: "0" }]\n', /vaults\[1\]\.id: stands twice/],
    ['a number for an id', 'vaults: [{ id: 0 }]\n', /vaults\[0\]\.id/],
  ])('a list that cannot be meant is refused: %s', async (_, config, expected) => {
    await expect(createIntegrity({ config })).rejects.toMatchObject({
      problems: [expect.stringMatching(expected)] as unknown,
    })
  })
})
