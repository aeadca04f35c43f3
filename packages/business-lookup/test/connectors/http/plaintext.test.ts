import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, systemClock } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { httpConnectorSchema } from '../../../src/connectors/http/http-config.ts'
import { openHttpConnector } from '../../../src/connectors/http/http-connector.ts'
import { RECORD } from './business-server.ts'
import { MAP } from './http-rig.ts'

test('a business system of this machine is asked over http, by name, for demonstrations', async () => {
  const server = createServer(
    (_, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify(RECORD)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const directory = await mkdtemp(join(tmpdir(), 'cq lookup '))
  const connector = await openHttpConnector({
    config: httpConnectorSchema.parse({
      kind: 'http',
      url: `http://localhost:${(server.address() as AddressInfo).port}/{reference}`,
      plaintext: 'acknowledged',
      allow_addresses: ['127.0.0.1', '::1'],
      auth: { kind: 'none' },
    }),
    map: MAP,
    directory,
    clock: systemClock,
    log: createLogger({ name: 'test', level: 'silent' }),
    registry: new Registry(),
  })
  const asked = { reference: 'WD-1', organisation: 'acme' }
  expect(await connector.lookUp(asked, new AbortController().signal)).toMatchObject({ found: 'one' })
  await connector.close()
  expect(await connector.lookUp(asked, new AbortController().signal)).toMatchObject({ found: 'unavailable' })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(directory, { recursive: true })
})
