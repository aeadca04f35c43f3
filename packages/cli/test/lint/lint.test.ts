import { gatewayConfigSchema } from '@callback-quorum/gateway'
import { expect, test } from 'vitest'
import { lintCommon } from '../../src/lint/lint-common.ts'
import { lintGateway } from '../../src/lint/lint-gateway.ts'
import type { Mapping } from '../../src/constellation/yaml-files.ts'

const NODE = {
  name: 'node-eu-1',
  platform: 'cobo',
  dialects: ['cobo-v2'],
  organisation: 'org',
  pubkey_path: 'keys/node.pub',
}
const checker = (name: string, more: Mapping = {}): Mapping => ({
  name,
  service_address: 'https://checker.internal:11024',
  pubkey_path: `keys/${name}.pub`,
  outcome: true,
  ...more,
})
const SOUND: Mapping = {
  service_name: 'gateway',
  profile: 'production',
  callback: [{ listen: '0.0.0.0:11020', dialects: ['cobo-v2'], tls: { cert: 'a', key: 'b' } }],
  identity: { private_key: 'keys/gateway.pem' },
  callers: [NODE],
  database_url: 'postgres://gateway@db/gateway?sslmode=verify-full',
  data_dir: 'data',
  checkers: [checker('integrity'), checker('limits')],
  quorum: [{ callers: ['node-eu-1'], kinds: ['keysign'], require: ['integrity', 'limits'] }],
}

const lintOf = (change: Mapping) => {
  const config = gatewayConfigSchema.parse({ ...SOUND, ...change })
  return [...lintCommon(config), ...lintGateway(config)].map(({ status, path, fix }) => ({
    status,
    path: path.join('.'),
    fix,
  }))
}

test('has nothing to say about a sound gateway, nor about nothing', () => {
  expect(lintOf({})).toEqual([])
  expect([...lintCommon({}), ...lintGateway({})]).toEqual([])
})

test.each<[what: string, change: Mapping, status: string, path: string, fix: RegExp]>([
  [
    'a callback listener without TLS beyond the machine',
    { callback: [{ listen: '0.0.0.0:11020', dialects: ['cobo-v2'], plaintext: 'acknowledged' }] },
    'warning',
    'callback.0.plaintext',
    /^Put tls:/,
  ],
  [
    'an admin listener without TLS beyond the machine',
    { admin: { listen: '10.0.0.5:11120', tokens: 'tokens.yaml', plaintext: 'acknowledged' } },
    'warning',
    'admin.plaintext',
    /loopback address/,
  ],
  [
    'an embedded database below a listener for others',
    { profile: 'single-host', database_url: '' },
    'warning',
    'database_url',
    /^Write database_url: postgres:/,
  ],
  [
    'a checker over plain HTTP',
    {
      checkers: [
        checker('integrity', { service_address: 'http://10.0.0.7:1', plaintext: 'acknowledged' }),
        checker('limits'),
      ],
    },
    'warning',
    'checkers.0.service_address',
    /^Let integrity serve TLS/,
  ],
  [
    'a deadline so near the end that only a lucky answer is heard',
    { deadline: { cobo: '9500ms' } },
    'warning',
    'deadline.cobo',
    /^Write deadline\.cobo: 8000ms/,
  ],
  [
    'a checker that may take longer than everything together',
    { checkers: [checker('integrity', { request_timeout: '40s' }), checker('limits')] },
    'warning',
    'checkers.0.request_timeout',
    /^Write request_timeout: 12500ms in checkers\[0\]/,
  ],
  [
    'approvals without bound bytes',
    {
      quorum: [{ callers: ['node-eu-1'], kinds: ['keysign'], require: ['integrity', 'limits'], accept_unbound: true }],
    },
    'warning',
    'quorum.0.accept_unbound',
    /leave accept_unbound out/,
  ],
])('warns of %s', (_, change, status, path, fix) => {
  expect(lintOf(change)).toEqual([{ status, path, fix: expect.stringMatching(fix) as string }])
})

const COSIGNER = { ...NODE, platform: 'fireblocks', dialects: ['fireblocks-jwt'], name: 'approvers' }
const two = (approval: readonly string[], signing: readonly string[], organisation = 'org'): Mapping => ({
  callers: [COSIGNER, { ...COSIGNER, name: 'signers', organisation }],
  quorum: [
    { callers: ['approvers'], kinds: ['tx-approval'], require: approval },
    { callers: ['signers'], kinds: ['tx-signing'], require: signing },
  ],
})

test('a claim is left over also where another caller of the organisation signs', () => {
  expect(lintOf(two(['integrity', 'limits'], ['integrity']))).toMatchObject([{ path: 'quorum.0.require' }])
  expect(lintOf(two(['integrity', 'limits'], ['integrity', 'limits']))).toEqual([])
  // What another organisation signs has nothing to do with it.
  expect(lintOf(two(['integrity', 'limits'], ['integrity'], 'elsewhere'))).toEqual([])
})
