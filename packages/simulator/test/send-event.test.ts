import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { readTssEvent, TOKEN_FIELD, verifyPackageToken, type VerifiedToken } from '@callback-quorum/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EVENT_PING, fingerprintOf, makeEvent, makeRequest, REQUEST_NAMES, sendEvent } from '../src/index.ts'
import { NOW_MS, nodeKeys } from './constellation.ts'

const key = {
  owner: 'node',
  fingerprint: fingerprintOf(nodeKeys.publicKey),
  key: nodeKeys.publicKey,
  maxTokenAgeMs: 900_000,
}
const received: VerifiedToken[] = []
let server: Server
beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const token = new URLSearchParams(await text(request)).get(TOKEN_FIELD) ?? ''
      received.push(await verifyPackageToken(token, [key], NOW_MS))
      response.writeHead(201).end()
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

it.each([...REQUEST_NAMES])(
  'an event about %s arrives signed, without an issuer, as its request was made',
  async (name) => {
    const { content: request } = makeRequest(name)
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v2/event`
    const event = name.endsWith('ping') ? EVENT_PING : makeEvent(request, 'updated')
    const { privateKey } = nodeKeys
    expect(await sendEvent(url, event, { privateKey, nowMs: NOW_MS })).toEqual({ http: 201, body: '' })
    const { content, issuer, expiresAtMs } = received.at(-1) ?? { content: new Uint8Array() }
    expect({ issuer, expiresAtMs }).toEqual({ issuer: '', expiresAtMs: NOW_MS + 120_000 })
    const reading = readTssEvent(content)
    if (name.endsWith('ping')) expect(reading).toEqual({ result: 'ping' })
    else {
      const { request_id: requestId } = request
      expect(reading).toMatchObject({ result: 'event', event: { requestId, about: { status: 'updated' } } })
    }
  },
)
