import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHttpsDelivery } from '../../src/delivery/https-delivery.ts'
import type { ListSource } from '../../src/versions/list-source.ts'
import { sha256 } from '../advanced-xml.ts'
import { createHttpsRig, type HttpsRig, type ListServer } from '../delivery/https-rig.ts'
import { listOf } from './small-lists.ts'
import { GATES, HOUR_MS, openVersionsRig, refreshed, standing, type VersionsRig } from './versions-rig.ts'

let https: HttpsRig
beforeAll(async () => {
  https = await createHttpsRig()
})
afterAll(async () => {
  await https.clear()
  await https.close()
})

/** A publisher whose list can be exchanged, and who says "not modified" for the one it has. */
async function publish(first: string): Promise<{ readonly server: ListServer; text: string }> {
  const published = { text: first }
  const server = await https.server((request, response) => {
    const etag = `"${sha256(published.text).slice(0, 8)}"`
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
    else response.writeHead(200, { etag }).end(published.text)
  })
  return Object.assign(published, { server })
}

async function sourceOf(rig: VersionsRig, { port }: ListServer): Promise<ListSource> {
  const delivery = await openHttpsDelivery({
    url: `https://127.0.0.1:${String(port)}/list.xml`,
    caFile: https.caFile,
    directory: rig.directory,
    everyMs: HOUR_MS,
    clock: rig.time,
  })
  return rig.source({ delivery, gates: GATES })
}

test('[S20] "not modified" makes the active version as young as the asking', async () => {
  const rig = await openVersionsRig()
  const published = await publish(listOf(3))
  const source = await sourceOf(rig, published.server)
  await source.start()
  expect(source.active()).toMatchObject({ checkedAtMs: rig.nowMs(), index: { rows: 3 } })
  await rig.advance(24 * HOUR_MS + 1_000)
  await source.sync()
  expect(standing(source, rig.nowMs())).toBe('stale')
  expect(await refreshed(source)).toBe('unchanged')
  expect([published.server.requests.length, source.active()?.checkedAtMs]).toEqual([2, rig.nowMs()])
  expect(standing(source, rig.nowMs())).toBe('fresh')
})

test('"not modified" for a version in quarantine makes the active one no younger', async () => {
  const rig = await openVersionsRig()
  const published = await publish(listOf(3))
  const source = await sourceOf(rig, published.server)
  await source.start()
  const checkedAtMs = source.active()?.checkedAtMs
  published.text = listOf(1)
  await rig.advance(HOUR_MS)
  expect(await refreshed(source)).toBe('quarantined')
  await rig.advance(HOUR_MS)
  expect(await refreshed(source)).toBe('quarantined')
  expect(published.server.requests.at(-1)?.headers['if-none-match']).toBeDefined()
  expect(source.active()).toMatchObject({ checkedAtMs, index: { rows: 3 } })
  // People activate it: it was seen a moment ago.
  await rig.database.transaction((tx) =>
    rig.actions.activateQuarantined(tx, 'ofac-sdn', sha256(published.text), 'ann and bob'),
  )
  await source.sync()
  expect(source.active()).toMatchObject({ checkedAtMs: rig.nowMs(), index: { rows: 1, heldRows: 2 } })
  expect(await refreshed(source)).toBe('unchanged')
})

test('a publisher that is down makes nothing younger and takes nothing away', async () => {
  const rig = await openVersionsRig()
  const published = await publish(listOf(3))
  const source = await sourceOf(rig, published.server)
  await source.start()
  const checkedAtMs = source.active()?.checkedAtMs
  published.server.respond = (_, response) => void response.writeHead(404).end()
  await rig.advance(HOUR_MS)
  expect(await refreshed(source)).toBe('failed')
  expect(source.active()).toMatchObject({ checkedAtMs, index: { rows: 3 } })
})
