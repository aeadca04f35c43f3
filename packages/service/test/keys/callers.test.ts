import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type CommonConfig, commonConfigShape, parseConfigText } from '../../src/config/index.ts'
import { keyRolesOf, loadCallers, spkiFingerprint } from '../../src/keys/index.ts'
import { makeRsaPems } from './rsa-pems.ts'

const [first, second, third] = [makeRsaPems(), makeRsaPems(), makeRsaPems()] as const

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callers '))
  await writeFile(join(directory, 'first.pub'), first.spki)
  await writeFile(join(directory, 'first-again.pub'), first.publicPkcs1)
  await writeFile(join(directory, 'second.pub'), second.publicPkcs1)
  await writeFile(join(directory, 'third.pub'), third.spki)
  await writeFile(join(directory, 'private.pem'), third.pkcs8)
})
afterAll(() => rm(directory, { recursive: true }))

function configOf(callers: readonly object[]): CommonConfig {
  const entries = callers.map((caller, index) => ({
    name: `node-${index}`,
    platform: 'cobo',
    dialects: ['cobo-v2'],
    organisation: 'acme',
    ...caller,
  }))
  const tree = {
    service_name: 'limits',
    profile: 'development',
    callback: [{ listen: '127.0.0.1:0', dialects: ['cobo-v2'] }],
    identity: { private_key: 'x' },
    callers: entries,
    data_dir: 'x',
  }
  return parseConfigText(JSON.stringify(tree), 'a.yaml', z.strictObject(commonConfigShape), {}).value
}

const load = (...callers: readonly object[]) => loadCallers(configOf(callers), directory)

test('a caller has all its keys, each owned by its name, with its last moment and the oldest token it accepts', async () => {
  const [caller] = await load({
    pubkey_path: [{ file: 'first.pub' }, { file: 'second.pub', not_after: '2026-12-31' }],
    max_token_age: '5m',
  })
  expect(caller).toMatchObject({ name: 'node-0', platform: 'cobo', dialects: ['cobo-v2'], organisation: 'acme' })
  expect(caller?.keys.map((key) => ({ ...key, key: key.key.type }))).toEqual([
    { owner: 'node-0', key: 'public', fingerprint: spkiFingerprint(first.privateKey), maxTokenAgeMs: 300_000 },
    {
      owner: 'node-0',
      key: 'public',
      fingerprint: spkiFingerprint(second.privateKey),
      maxTokenAgeMs: 300_000,
      notAfterMs: Date.UTC(2027, 0, 1) - 1,
    },
  ])
})

test("a caller's events have a key of their own, with the same bound on the age of a token", async () => {
  const [caller] = await load({ pubkey_path: 'first.pub', event_pubkey_path: 'second.pub', max_token_age: '5m' })
  const fingerprint = spkiFingerprint(second.privateKey)
  expect(caller?.eventKey).toMatchObject({ owner: 'node-0', fingerprint, maxTokenAgeMs: 300_000 })
})

test("a caller's deferral window follows from what its node retries", async () => {
  const [byDefault, own] = await load(
    { pubkey_path: 'first.pub' },
    { pubkey_path: 'second.pub', retry_times: 2, sleep_seconds: 15, request_timeout: '8s' },
  )
  expect(byDefault?.deferralWindowMs).toBe(60 * 70_000)
  expect(own?.deferralWindowMs).toBe(2 * 23_000)
})

test('a Co-signer has its API users, with role and path, and asks for the last time when its retries are spent', async () => {
  const fireblocks = { platform: 'fireblocks', dialects: ['fireblocks-jwt'] }
  const [own, byDefault] = await load(
    {
      ...fireblocks,
      pubkey_path: 'first.pub',
      signer_ids: { 'api-1': 'signer', 'api-2': { role: 'approver', path: '/api-2' }, 'api-3': { role: 'approver' } },
      raw_tx: 'unavailable',
      listener: '127.0.0.1:11021',
      retry_times: 3,
      sleep_seconds: 30,
      request_timeout: '10s',
    },
    { ...fireblocks, pubkey_path: 'second.pub' },
  )
  expect([...(own?.signers ?? [])]).toEqual([
    ['api-1', { role: 'signer', path: '' }],
    ['api-2', { role: 'approver', path: '/api-2' }],
    ['api-3', { role: 'approver', path: '' }],
  ])
  expect(own).toMatchObject({
    rawTx: 'unavailable',
    listener: { host: '127.0.0.1', port: 11_021 },
    lastAskMs: 50_000,
    deferralWindowMs: 120_000,
  })
  expect(byDefault).toMatchObject({
    rawTx: 'required',
    lastAskMs: 19 * 180_000 - 30_000,
    deferralWindowMs: 20 * 210_000,
  })
  expect(byDefault).not.toHaveProperty('listener')
})

test('bare JSON needs no key, and has none', async () => {
  const [caller] = await load({ platform: 'fireblocks', dialects: ['fireblocks-json'] })
  expect(caller?.keys).toEqual([])
})

test('the roles of all keys are listed, that of events beside that of requests', async () => {
  const callers = await load(
    { pubkey_path: 'first.pub', event_pubkey_path: 'second.pub' },
    { pubkey_path: 'third.pub' },
  )
  expect(keyRolesOf(callers)).toEqual([
    { role: 'caller node-0', fingerprint: spkiFingerprint(first.privateKey) },
    { role: 'events of caller node-0', fingerprint: spkiFingerprint(second.privateKey) },
    { role: 'caller node-1', fingerprint: spkiFingerprint(third.privateKey) },
  ])
})

test('every key that cannot be used is told at once, with the caller and the file', async () => {
  const loading = load(
    { pubkey_path: [{ file: 'absent.pub' }, { file: 'private.pem' }] },
    { pubkey_path: 'first.pub' },
    { pubkey_path: 'second.pub', event_pubkey_path: 'missing.pub' },
  )
  const expected = 'expected one RSA public key in PEM (SPKI "PUBLIC KEY" or PKCS#1 "RSA PUBLIC KEY")'
  await expect(loading).rejects.toMatchObject({
    problems: [
      `callers[0].pubkey_path[0] (node-0): ${join(directory, 'absent.pub')}: cannot be opened (ENOENT); ${expected}`,
      `callers[0].pubkey_path[1] (node-0): ${join(directory, 'private.pem')}: holds a PEM block "PRIVATE KEY"; ${expected}`,
      `callers[2].event_pubkey_path (node-2): ${join(directory, 'missing.pub')}: cannot be opened (ENOENT); ${expected}`,
    ],
  })
})

test.each([
  ['two callers', [{ pubkey_path: 'first.pub' }, { pubkey_path: 'first.pub' }], 'caller node-0 and caller node-1'],
  [
    'two callers in two encodings',
    [{ pubkey_path: 'first.pub' }, { pubkey_path: 'first-again.pub' }],
    'caller node-0 and caller node-1',
  ],
  [
    'requests and events',
    [{ pubkey_path: 'first.pub', event_pubkey_path: 'first.pub' }],
    'caller node-0 and events of caller node-0',
  ],
  [
    'one caller twice',
    [{ pubkey_path: [{ file: 'first.pub' }, { file: 'first.pub' }] }],
    'caller node-0 and caller node-0',
  ],
])('one key of %s is refused', async (_, callers, roles) => {
  await expect(load(...callers)).rejects.toThrow(`${roles}: are the same key ${spkiFingerprint(first.privateKey)}`)
})
