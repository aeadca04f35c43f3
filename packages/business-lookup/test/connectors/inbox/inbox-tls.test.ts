import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboxConnector } from '../../../src/connectors/inbox/inbox-connector.ts'
import { certify, newReference, readText, record, seen, startInboxRig, type InboxRig } from './inbox-rig.ts'

let rig: InboxRig
let inbox: InboxConnector
const agents: Agent[] = []
beforeAll(async () => {
  rig = await startInboxRig()
  await certify(rig.directory, 'server')
  await certify(rig.directory, 'client-ca')
  await certify(rig.directory, 'client', 'client-ca')
  await certify(rig.directory, 'stranger')
  inbox = await rig.open({ config: { tls: { cert: 'server.pem', key: 'server.key', client_ca: 'client-ca.pem' } } })
})
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()))
  await rig.close()
})

async function agentWith(client?: string): Promise<Agent> {
  const ca = await readText(rig.directory, 'server.pem')
  const own =
    client === undefined
      ? {}
      : { cert: await readText(rig.directory, `${client}.pem`), key: await readText(rig.directory, `${client}.key`) }
  const agent = new Agent({ connect: { ca, ...own } })
  agents.push(agent)
  return agent
}

const sending = async (client?: string, token?: string) => ({
  method: 'PUT' as const,
  body: { version: 1, data: record() },
  headers: { 'content-type': 'application/json' },
  agent: await agentWith(client),
  ...(token === undefined ? {} : { token }),
})

test('a producer with a certificate of the authority and a token pushes over TLS', async () => {
  const reference = newReference()
  expect(inbox.url).toMatch(/^https:/)
  expect(await rig.send(`/v1/intents/${reference}`, await sending('client'), inbox)).toMatchObject({ status: 201 })
  expect(seen(await rig.lookUp(reference, inbox))).toBe('approved 1.5 v1')
})

test('a certificate without a token is not enough', async () => {
  const path = `/v1/intents/${newReference()}`
  expect(await rig.send(path, await sending('client', 'cqpro_wrong'), inbox)).toMatchObject({ status: 401 })
})

test.each([undefined, 'stranger'])(
  'a token without a certificate of the authority is not enough: %s',
  async (client) => {
    const reference = newReference()
    await expect(rig.send(`/v1/intents/${reference}`, await sending(client), inbox)).rejects.toThrow()
    expect(await rig.lookUp(reference)).toEqual({ found: 'none' })
  },
)

test('plain HTTP is not spoken there', async () => {
  const plain = { ...inbox, url: inbox.url.replace('https:', 'http:') }
  await expect(rig.put(newReference(), 1, record(), plain)).rejects.toThrow()
})

test('a private key that others may read does not start', async () => {
  await certify(rig.directory, 'open')
  await chmod(join(rig.directory, 'open.key'), 0o644)
  await expect(rig.open({ config: { tls: { cert: 'open.pem', key: 'open.key' } } })).rejects.toThrow(
    'readable by others',
  )
})
