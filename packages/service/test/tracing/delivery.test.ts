import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, afterAll, expect, test } from 'vitest'
import { startOtlpReceiver } from '../../../../test/otlp-receiver.ts'
import { inSpanSync } from '../../src/tracing/index.ts'
import { startTraceRig, type TraceRig, type TraceRigOptions } from './trace-rig.ts'

let folder: string
let rig: TraceRig
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq tracing '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => rig.close())
const open = async (options?: TraceRigOptions): Promise<void> => {
  rig = await startTraceRig(options)
}

/** A request with this many spans below it. */
function trace(spans: number): void {
  const request = rig.begin()
  request.run(() => {
    for (let n = 0; n < spans; n += 1) inSpanSync('part', {}, () => undefined)
  })
  request.end({})
}
const warnings = (): readonly string[] => rig.logLines.filter((line) => line.includes('spans were lost'))

test('spans arrive whole, in several batches, and are counted', async () => {
  await open()
  trace(1_499)
  expect((await rig.flushed()).length).toBe(1_500)
  expect(rig.receiver.headers.length).toBe(3)
  expect(await rig.counted('exported')).toBe(1_500)
  expect(await rig.counted('failed')).toBe(0)
})

test('what is waiting is sent within a second, without a stop', async () => {
  await open()
  trace(0)
  await expect.poll(() => rig.receiver.spans.length, { timeout: 10_000 }).toBe(1)
})

test.each([
  ['nobody listens', 'http://127.0.0.1:1/v1/traces', 'take' as const],
  ['it answers 503', undefined, 503],
  ['it answers with a redirect', undefined, 307],
])('a batch is lost and counted when %s, with one line of log', async (_, url, how) => {
  await open(url === undefined ? {} : { url })
  rig.receiver.behave(how)
  trace(999)
  expect(await rig.flushed()).toEqual([])
  expect(await rig.counted('failed')).toBe(1_000)
  expect(warnings()).toHaveLength(1)
})

test('a collector that stays silent keeps no more than the queue, and no stop waiting beyond its deadline', async () => {
  await open()
  rig.receiver.behave('silent')
  const startedMs = performance.now()
  trace(20_000)
  // Nothing above waited for anything.
  expect(performance.now() - startedMs).toBeLessThan(2_000)
  // 512 on their way, 4096 waiting; the rest of 20001 never became more than a number.
  expect(await rig.counted('dropped')).toBe(20_001 - 512 - 4_096)
  const stoppingMs = performance.now()
  await rig.tracer.stop()
  const tookMs = performance.now() - stoppingMs
  expect(tookMs).toBeGreaterThan(1_900)
  expect(tookMs).toBeLessThan(4_000)
  expect(await rig.counted('failed')).toBe(512)
  expect(await rig.counted('dropped')).toBe(20_001 - 512)
  expect(await rig.counted('exported')).toBe(0)
  expect(warnings()).toHaveLength(1)
})

test('a collector that comes back is told what came after', async () => {
  await open()
  rig.receiver.behave(500)
  trace(511)
  await expect.poll(() => rig.counted('failed'), { timeout: 10_000 }).toBe(512)
  rig.receiver.behave('take')
  trace(9)
  expect(await rig.flushed()).toHaveLength(10)
})

test('a kept connection that the collector closes loses nothing', async () => {
  await open()
  trace(511)
  await expect.poll(() => rig.counted('exported'), { timeout: 10_000 }).toBe(512)
  rig.receiver.hangUp()
  trace(511)
  expect(await rig.flushed()).toHaveLength(1_024)
  expect(await rig.counted('failed')).toBe(0)
})

test('nothing is taken after the stop', async () => {
  await open()
  const request = rig.begin()
  await rig.tracer.stop()
  request.end({})
  expect(await rig.counted('dropped')).toBe(1)
  expect(rig.receiver.spans).toEqual([])
})

test('over TLS the collector has to prove itself to the configured authority, and a bearer token comes from its file', async () => {
  // Its own authority.
  const make = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'collector.key']
  const named = ['-subj', '/CN=collector', '-days', '2', '-addext', 'subjectAltName=IP:127.0.0.1', '-out', 'ca.pem']
  await promisify(execFile)('openssl', ['req', '-x509', ...make, ...named], { cwd: folder })
  const [cert, key] = [await readFile(join(folder, 'ca.pem')), await readFile(join(folder, 'collector.key'))]
  await writeFile(join(folder, 'token'), 's3cret-token\n', { mode: 0o600 })
  const block = { tls: { ca: join(folder, 'ca.pem') }, bearer: join(folder, 'token') }
  const receiver = await startOtlpReceiver({ cert, key })
  await open({ receiver, block })
  trace(0)
  expect(await rig.flushed()).toHaveLength(1)
  expect(receiver.headers.map(({ authorization }) => authorization)).toEqual(['Bearer s3cret-token'])
  expect(rig.logLines.join('')).not.toContain('s3cret-token')
  await rig.close()

  await open({ receiver: await startOtlpReceiver({ cert, key }) })
  trace(0)
  expect(await rig.flushed()).toEqual([])
  expect(await rig.counted('failed')).toBe(1)
  expect(warnings().join('')).toMatch(/self-signed|unable to verify|SELF_SIGNED|UNABLE_TO/i)
})

test('a certificate or a token that cannot be used is told before anything starts', async () => {
  await open()
  await writeFile(join(folder, 'open-token'), 'abc')
  await chmod(join(folder, 'open-token'), 0o644)
  await expect(
    startTraceRig({ receiver: rig.receiver, block: { bearer: join(folder, 'open-token') } }),
  ).rejects.toThrow(/open-token: is open to others; expected mode 0600/)
  await expect(
    startTraceRig({ receiver: rig.receiver, block: { tls: { ca: join(folder, 'open-token') } } }),
  ).rejects.toThrow(/cannot be read as a certificate/)
})
