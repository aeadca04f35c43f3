import { ConfigError, parseConfigText } from '@callback-quorum/service'
import { expect, test } from 'vitest'
import { checkCosigners } from '../../src/check-cosigners.ts'
import { gatewayConfigSchema, type GatewayConfig } from '../../src/config.ts'
import { checkGatewayConfig, quorumMatrix } from '../../src/index.ts'

const SIGNERS = 'signer_ids: { s: signer, a: approver }'
const QUORUM = '- { callers: [node], kinds: [keysign], require: [alpha] }'
const ALL = '- { callers: [cosigner], kinds: [tx-approval, tx-signing, config-change], require: [alpha] }'
const SERVER = 'name: alpha, service_address: "http://127.0.0.1:1", pubkey_path: a.pub'

interface Change {
  readonly cosigner?: string
  readonly dialect?: string
  readonly quorum?: readonly string[]
  readonly checkers?: readonly string[]
  readonly internalKey?: string
  /** More lines. */
  readonly extra?: string
}

function configOf(change: Change): GatewayConfig {
  const { cosigner = SIGNERS, dialect = 'fireblocks-jwt', quorum = [ALL], checkers = [SERVER] } = change
  const keys = dialect === 'fireblocks-jwt' ? 'pubkey_path: c.pub, ' : ''
  const text = `service_name: gateway
profile: development
callback: [{ listen: "127.0.0.1:0", dialects: [cobo-v2] }, { listen: "127.0.0.1:1", dialects: [${dialect}] }]
identity: { private_key: g.pem${change.internalKey ?? ''} }
callers:
  - { name: node, platform: cobo, dialects: [cobo-v2], organisation: acme, pubkey_path: n.pub }
  - { name: cosigner, platform: fireblocks, dialects: [${dialect}], organisation: acme, ${keys}${cosigner} }
data_dir: data
checkers:
${checkers.map((entry) => `  - { ${entry} }`).join('\n')}
quorum:
${[QUORUM, ...quorum].map((entry) => `  ${entry}`).join('\n')}
${change.extra ?? ''}
`
  return parseConfigText(text, 'gateway.yaml', gatewayConfigSchema, {}).value
}

/** `path: problem`, one line each, of the whole check. */
const problemsOf = (change: Change): string =>
  checkGatewayConfig(configOf(change))
    .map(({ path, problem }) => `${path.join('.')}: ${problem}`)
    .join('\n')

test('a Co-signer with signers and approvers under one entry for all its kinds is complete', () => {
  expect(checkCosigners(configOf({}))).toEqual([])
})

test('approvers alone need no entry for tx-signing', () => {
  const change = {
    cosigner: 'signer_ids: { a: approver }, raw_tx: unavailable',
    quorum: ['- { callers: [cosigner], kinds: [tx-approval], require: [alpha], instead_of_reject: ignore }'],
  }
  expect(checkCosigners(configOf(change))).toEqual([])
})

const third = (more: string): string =>
  `name: third, service_address: "http://127.0.0.1:2", pubkey_path: t.pub, binding: request_id${more}`
const THIRD_SHADOW =
  '- { callers: [cosigner], kinds: [tx-approval, tx-signing, config-change], require: [alpha], shadow: [third] }'

// prettier-ignore
test.each<[string, Change, RegExp]>([
  ['signers without tx-signing', { quorum: ['- { callers: [cosigner], kinds: [tx-approval], require: [alpha] }'] }, /callers\.1\.signer_ids: cosigner has signers, and no quorum entry/],
  ['bytes that never come and must be bound', { cosigner: `${SIGNERS}, raw_tx: unavailable` }, /callers\.1\.raw_tx: is unavailable, .* would ever be approved/],
  ['IGNORE for a signature', { quorum: [ALL.replace('require', 'instead_of_reject: ignore, require')] }, /quorum\.1\.instead_of_reject: is ignore, which is not allowed for tx-signing/],
  ['IGNORE for Cobo', { quorum: [ALL, '- { callers: [node], kinds: [keygen], require: [alpha], instead_of_reject: ignore }'] }, /quorum\.2\.instead_of_reject: .* not allowed for keygen/],
  ['a kind of Cobo', { quorum: [ALL, '- { callers: [cosigner], kinds: [keygen], require: [alpha] }'] }, /quorum\.2\.kinds: keygen is never asked by platform fireblocks/],
  ['a checker that serves another path', { checkers: [SERVER.replace(':1"', ':1/v2/check"')] }, /quorum\.1\.require: names alpha, .* not asked about tx-approval, tx-signing, config-change/],
  ['a checker that serves transactions alone', { checkers: [SERVER.replace(':1"', ':1/v2/tx_sign_request"')] }, /quorum\.1\.require: names alpha, .* not asked about config-change$/m],
  ['a checker at a path of bare JSON', { checkers: [SERVER.replace(':1"', ':1/base/tx_sign_request"')] }, /checkers\.0\.service_address: names a path of bare JSON/],
  ['bare JSON that nobody can wrap', { dialect: 'fireblocks-json' }, /identity\.internal_key: is missing/],
  ['a third-party server that a Cobo node may reach', { checkers: [SERVER, third('')], quorum: [ALL, '- { callers: [node], kinds: [keygen], require: [third] }'] }, /checkers\.1\.on_error_status: is missing/],
  ['one that nobody asks yet', { checkers: [SERVER, third('')] }, /checkers\.1\.on_error_status: is missing/],
])('refuses %s', (_, change, expected) => {
  expect(problemsOf(change)).toMatch(expected)
})

test('bytes that never come may be accepted unbound', () => {
  const quorum = [ALL.replace('require', 'accept_unbound: true, require')]
  expect(checkCosigners(configOf({ cosigner: `${SIGNERS}, raw_tx: unavailable`, quorum }))).toEqual([])
})

test('a third-party server that only Co-signers reach has no status that could be an error', () => {
  expect(problemsOf({ checkers: [SERVER, third('')], quorum: [THIRD_SHADOW] })).not.toContain('on_error_status')
})

test('bare JSON with an internal key is complete', () => {
  expect(checkCosigners(configOf({ dialect: 'fireblocks-json', internalKey: ', internal_key: i.pem' }))).toEqual([])
})

test('what stands for a rejection is reject or ignore', () => {
  expect(() => configOf({ quorum: [ALL.replace('require', 'instead_of_reject: retry, require')] })).toThrow(ConfigError)
})

test('the matrix shows the kinds of each platform', () => {
  const rows = quorumMatrix(configOf({})).map(({ caller, kind, require }) => `${caller} ${kind}: ${require}`)
  expect(rows).toEqual([
    'node keygen: REJECT (nobody is in charge)',
    'node keysign: alpha@1',
    'node keyreshare: REJECT (nobody is in charge)',
    'node keysharesign: REJECT (nobody is in charge)',
    'cosigner tx-approval: alpha@1',
    'cosigner tx-signing: alpha@1',
    'cosigner config-change: alpha@1',
  ])
})

test('the matrix shows where others may approve what this gateway does not', () => {
  const approvals = '- { callers: [cosigner], kinds: [tx-approval], require: [alpha], instead_of_reject: ignore }'
  const rows = quorumMatrix(configOf({ quorum: [approvals] }))
  expect(rows.find(({ kind }) => kind === 'tx-approval')?.require).toBe('alpha@1, else IGNORE')
})

test('a decision may not take longer than leaves time to sign it before the Co-signer has given up', () => {
  expect(configOf({ extra: 'deadline: { fireblocks: 25s }' }).deadline.fireblocks).toBe(25_000)
  expect(() => configOf({ extra: 'deadline: { fireblocks: 26s }' })).toThrow(ConfigError)
  expect(() => configOf({ extra: 'deadline: { fireblocks: 0s }' })).toThrow(ConfigError)
})
