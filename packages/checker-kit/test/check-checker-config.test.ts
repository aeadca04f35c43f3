import { ConfigError, parseConfigText } from '@callback-quorum/service'
import { expect, test } from 'vitest'
import { checkCheckerConfig, checkerConfigSchema } from '../src/index.ts'

const JSON_CALLER = {
  name: 'cosigner',
  platform: 'fireblocks',
  dialects: ['fireblocks-json'],
  organisation: 'acme',
  signer_ids: { 'api-user': 'signer' },
}
const TREE = {
  service_name: 'checker',
  profile: 'single-host',
  callback: [{ listen: '127.0.0.1:0', dialects: ['fireblocks-jwt'] }],
  identity: { private_key: 'keys/checker.pem' },
  gateway: { pubkey_path: 'keys/gateway.pub' },
  callers: [JSON_CALLER],
  data_dir: 'data',
}

/** The problems of a configuration; empty when it is taken. */
function problemsOf(change: object): string {
  try {
    parseConfigText(JSON.stringify({ ...TREE, ...change }), 'a.yaml', checkerConfigSchema, {}, checkCheckerConfig)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n')
    throw error
  }
}

test('callers of bare JSON need no listener of their own behind a gateway, and one without', () => {
  expect(problemsOf({})).toBe('')
  expect(problemsOf({ gateway: undefined })).toContain('callers[0]')
})

test('behind a gateway API users have no path of their own, without one they may', () => {
  const callers = [{ ...JSON_CALLER, signer_ids: { 'api-user': { role: 'signer', path: '/api-user' } } }]
  expect(problemsOf({ callers })).toContain('callers[0].signer_ids.api-user.path')
  const jwt = [{ ...callers[0], dialects: ['fireblocks-jwt'], pubkey_path: 'keys/cosigner.pub' }]
  expect(problemsOf({ callers: jwt })).toContain('callers[0].signer_ids.api-user.path')
  expect(problemsOf({ callers: jwt, gateway: undefined })).toBe('')
})

test('changes of a workspace are approved by their types, and never as a kind', () => {
  expect(problemsOf({ config_changes: { UNMANAGED_WALLET: 'judge', ADD_USER: 'approve' } })).toBe('')
  expect(problemsOf({ config_changes: { MAKE_ME_ADMIN: 'approve' } })).toContain('config_changes')
  expect(problemsOf({ config_changes: { ADD_USER: 'yes' } })).toContain('config_changes.ADD_USER')
  expect(problemsOf({ outside_remit: { approve: ['keygen', 'config-change'] } })).toContain('outside_remit.approve[1]')
})

test('an approval is held for a minute at least and ninety days at most', () => {
  for (const approvalHold of ['1m', '2160h']) expect(problemsOf({ approval_hold: approvalHold })).toBe('')
  for (const approvalHold of ['59s', '2161h'])
    expect(problemsOf({ approval_hold: approvalHold })).toContain('approval_hold')
})
