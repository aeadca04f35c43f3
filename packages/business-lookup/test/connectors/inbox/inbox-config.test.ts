import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfigText, type CommonConfig } from '@callback-quorum/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  checkInboxConnector,
  inboxConnectorSchema,
  type InboxConfig,
} from '../../../src/connectors/inbox/inbox-config.ts'
import { createProducerToken, loadProducers } from '../../../src/connectors/inbox/inbox-producers.ts'
import { MAP, SETTINGS, startInboxRig, type InboxRig } from './inbox-rig.ts'

const WRITTEN = `kind: inbox
listen: 127.0.0.1:11033
producers: inbox-producers.yaml
organisations: { payouts-eu: acme }
proof: required
event_types: { intent: [com.example.withdrawal.approved], cancel: [com.example.withdrawal.cancelled] }
`
const parse = (text: string) => parseConfigText(text, 'lookup.yaml', inboxConnectorSchema, {}).value

describe('the configuration', () => {
  test('is read as it is written, with five minutes that an event may be ahead', () => {
    expect(parse(WRITTEN)).toMatchObject({
      listen: { host: '127.0.0.1', port: 11033 },
      proof: 'required',
      ahead_max: 300_000,
    })
  })

  test.each([
    ['proof has no default', 'proof: required\n', '', 'proof'],
    ['another word for proof', 'proof: required', 'proof: optional', 'proof'],
    ['no producer', '{ payouts-eu: acme }', '{}', 'organisations'],
    ['an organisation with a colon', 'acme', '"a:b"', 'organisations'],
    ['no event type', '[com.example.withdrawal.cancelled]', '[]', 'cancel'],
    ['a time ahead of more than an hour', 'proof: required', 'proof: required\nahead_max: 2h', 'ahead_max'],
    ['status words of its own', 'proof: required', 'proof: required\napproved_status: [approved]', 'approved_status'],
    ['another word for plaintext', 'proof: required', 'proof: required\nplaintext: yes', 'plaintext'],
  ])('is refused with %s', (_, from, to, named) => {
    expect(() => parse(WRITTEN.replace(from, to))).toThrow(named)
  })

  const anywhere = { host: '0.0.0.0', port: 11033 }
  const tls = { cert: 'a.pem', key: 'a.key' }
  test.each<[string, Partial<InboxConfig>, CommonConfig['profile'], string[]]>([
    ['on loopback', {}, 'production', []],
    ['beyond it with TLS', { listen: anywhere, tls }, 'production', []],
    ['beyond it without TLS', { listen: anywhere }, 'single-host', ['connector.listen']],
    ['beyond it in the clear, acknowledged', { listen: anywhere, plaintext: 'acknowledged' }, 'single-host', []],
    ['the same in production', { listen: anywhere, plaintext: 'acknowledged' }, 'production', ['connector.listen']],
    ['TLS and plaintext', { tls, plaintext: 'acknowledged' }, 'production', ['connector.plaintext']],
    [
      'a type in both lists',
      { event_types: { intent: ['a'], cancel: ['a'] } },
      'production',
      ['connector.event_types.cancel'],
    ],
    ['no status that approves', { approved_status: [] }, 'production', ['compare.status.in']],
    ['the word of a cancel', { approved_status: ['cancelled by the inbox'] }, 'production', ['compare.status.in']],
    [
      'the word of a dispute',
      { approved_status: ['ok', 'disputed in the inbox'] },
      'production',
      ['compare.status.in'],
    ],
  ])('over several members: %s', (_, changed, profile, paths) => {
    const problems = checkInboxConnector({ ...SETTINGS, ...changed }, profile)
    expect(problems.map(({ path }) => path.join('.'))).toEqual(paths)
  })
})

describe('opening', () => {
  let rig: InboxRig
  beforeAll(async () => {
    rig = await startInboxRig()
  })
  afterAll(() => rig.close())

  test('refuses a word of the inbox as an approved status, whoever forgot to check', async () => {
    const config = { approved_status: ['cancelled by the inbox'] }
    await expect(rig.open({ config })).rejects.toThrow('compare.status.in')
  })

  test('refuses a proof that is required and not mapped', async () => {
    const { proof: _, ...map } = MAP
    await expect(rig.open({ config: { proof: 'required' }, map })).rejects.toThrow('map.proof')
  })

  test('refuses a producer without an organisation, and an organisation without a producer', async () => {
    await expect(rig.open({ config: { organisations: { 'payouts-eu': 'acme' } } })).rejects.toThrow('payouts-us')
    const organisations = { ...SETTINGS.organisations, nobody: 'acme' }
    await expect(rig.open({ config: { organisations } })).rejects.toThrow('nobody')
  })

  test('knows a producer by each of its tokens, and shows no token in what it refuses', async () => {
    const [old, fresh] = [createProducerToken(), createProducerToken()]
    const path = join(rig.directory, 'rotating.yaml')
    await writeFile(
      path,
      `tokens:\n${[old, fresh].map(({ sha256 }) => `  - { name: eu, sha256: ${sha256} }\n`).join('')}`,
    )
    const find = await loadProducers(path, { eu: 'acme' })
    for (const { token } of [old, fresh]) expect(find(`Bearer ${token}`)).toEqual({ name: 'eu', organisation: 'acme' })
    expect(find(old.token)).toBeUndefined()
    await writeFile(path, `tokens:\n  - { name: eu, token: ${old.token}, sha256: ${old.sha256} }\n`)
    const problem = await loadProducers(path, { eu: 'acme' }).catch((error: unknown) => String(error))
    expect(problem).toContain('token')
    expect(problem).not.toContain(old.token)
  })
})
