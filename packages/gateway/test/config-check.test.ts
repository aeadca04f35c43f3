import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError } from '@callback-quorum/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quorumMatrix, readGatewayConfig } from '../src/index.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq config '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const CHECKERS = `  - { name: alpha, service_address: "http://127.0.0.1:1", pubkey_path: a.pub }
  - { name: third, service_address: "http://127.0.0.1:2", pubkey_path: t.pub, binding: request_id, on_error_status: defer }`
const QUORUM = '  - { callers: [node], kinds: [keysign], require: [alpha] }'

async function problemsOf(checkers = CHECKERS, quorum = QUORUM): Promise<string> {
  const path = join(folder, 'gateway.yaml')
  await writeFile(
    path,
    `service_name: gateway
profile: development
callback: [{ listen: "127.0.0.1:0", dialects: [cobo-v2] }]
identity: { private_key: g.pem }
callers: [{ name: node, platform: cobo, dialects: [cobo-v2], organisation: acme, pubkey_path: n.pub }]
data_dir: data
checkers:
${checkers}
quorum:
${quorum}
`,
  )
  return readGatewayConfig(path, {}).then(
    () => '',
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems.join('\n')
      throw error
    },
  )
}

test('a configuration that agrees with itself is accepted', async () => {
  expect(await problemsOf()).toBe('')
})

const more = (entry: string): string => `${CHECKERS}\n  - { ${entry} }`
// prettier-ignore
test.each([
  ['a name twice', more('name: alpha, service_address: "http://127.0.0.1:3", pubkey_path: b.pub'), QUORUM, /checkers\[2\]\.name: is already the name of checkers\[0\]/],
  ['plain HTTP beyond loopback', more('name: far, service_address: "http://10.0.0.1:3", pubkey_path: b.pub'), QUORUM, /service_address: is plain HTTP beyond loopback/],
  ['third-party without on_error_status', more('name: odd, service_address: "http://127.0.0.1:3", pubkey_path: b.pub, binding: request_id'), QUORUM, /on_error_status: is missing/],
  ['outcomes without an internal key', more('name: told, service_address: "http://127.0.0.1:3", pubkey_path: b.pub, outcome: true'), QUORUM, /identity\.internal_key: is missing/],
  ['half a client certificate', more('name: tls, service_address: "https://127.0.0.1:3", pubkey_path: b.pub, tls: { client_cert: c.pem }'), QUORUM, /only one of client_cert and client_key/],
  ['an unknown checker', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [alpha, nobody] }', /names nobody, which is no checker/],
  ['an unknown caller', CHECKERS, '  - { callers: [node, stranger], kinds: [keysign], require: [alpha] }', /names stranger, which is no caller/],
  ['a checker required twice', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [alpha, alpha] }', /names a checker twice/],
  ['a shadow that is required', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [alpha], shadow: [alpha] }', /alpha is required too/],
  ['two entries for one caller and kind', CHECKERS, `${QUORUM}\n${QUORUM}`, /node\/keysign stands in quorum\[0\] already/],
  ['a kind of another platform', CHECKERS, '  - { callers: [node], kinds: [keysign, tx-signing], require: [alpha] }', /tx-signing is never asked by platform cobo/],
  ['nobody who could bind', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [third] }', /only servers that bind nothing/],
  ['an empty quorum', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [] }', /quorum\[0\]\.require/],
  ['accept_unbound where nothing is signed', CHECKERS, `${QUORUM}\n  - { callers: [node], kinds: [keygen], require: [alpha], accept_unbound: true }`, /accept_unbound: has no meaning/],
  ['a caller of whom nothing is approved', CHECKERS, '  - { callers: [other], kinds: [keysign], require: [alpha] }', /node stands in no quorum entry/],
  ['TLS for a plain address', more('name: odd, service_address: "http://127.0.0.1:3", pubkey_path: b.pub, tls: { ca: c.pem }'), QUORUM, /tls: has no meaning for an http:\/\/ address/],
  ['on_error_status where verdicts are bound', more('name: odd, service_address: "http://127.0.0.1:3", pubkey_path: b.pub, on_error_status: defer'), QUORUM, /on_error_status: has no meaning with binding: digest/],
  ['outcomes for a third-party server', more('name: odd, service_address: "http://127.0.0.1:3", pubkey_path: b.pub, binding: request_id, on_error_status: defer, outcome: true'), QUORUM, /outcome: is not understood by third-party servers/],
  ['a checker without a key', more('name: odd, service_address: "http://127.0.0.1:3", pubkey_path: []'), QUORUM, /checkers\[2\]\.pubkey_path/],
  ['an unknown shadow', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [alpha], shadow: [nobody] }', /shadow: names nobody, which is no checker/],
  ['a shadow twice', CHECKERS, '  - { callers: [node], kinds: [keysign], require: [alpha], shadow: [third, third] }', /shadow: names a checker twice/],
  ['an unknown key', more('name: x, service_adress: "http://127.0.0.1:3", pubkey_path: b.pub'), QUORUM, /service_adress/],
])('refuses %s', async (_, checkers, quorum, expected) => {
  expect(await problemsOf(checkers, quorum)).toMatch(expected)
})

test('tells every problem at once, each with its place', async () => {
  const problems = await problemsOf(
    more('name: alpha, service_address: "http://10.0.0.1:3", pubkey_path: b.pub, outcome: true'),
    '  - { callers: [stranger], kinds: [keysign, tx-signing], require: [nobody], shadow: [third, third] }',
  )
  const lines = problems.split('\n')
  for (const at of [
    'checkers[2].name',
    'checkers[2].service_address',
    'identity.internal_key',
    'quorum[0].require',
    'quorum[0].shadow',
    'quorum[0].callers',
    'callers[0]',
  ])
    expect(lines.some((line) => line.includes(` ${at}: `))).toBe(true)
  for (const line of lines) expect(line).toMatch(/^.*gateway\.yaml:\d+:\d+ /)
})

test('the matrix says for every caller and kind who must approve, in which order', async () => {
  await problemsOf(
    `${CHECKERS}\n  - { name: first, service_address: "http://127.0.0.1:3", pubkey_path: f.pub, stage: 1 }\n  - { name: second, service_address: "http://127.0.0.1:4", pubkey_path: s.pub, stage: 2 }`,
    '  - { callers: [node], kinds: [keysign], require: [second, first], shadow: [third], accept_unbound: true }',
  )
  const { value } = await readGatewayConfig(join(folder, 'gateway.yaml'), {})
  const nobody = { caller: 'node', require: 'REJECT (nobody is in charge)', shadow: '', unbound: false }
  expect(quorumMatrix(value)).toEqual([
    { ...nobody, kind: 'keygen' },
    { caller: 'node', kind: 'keysign', require: 'first@1 + second@2', shadow: 'third', unbound: true },
    { ...nobody, kind: 'keyreshare' },
    { ...nobody, kind: 'keysharesign' },
  ])
})
