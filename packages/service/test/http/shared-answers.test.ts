import { afterEach, expect, test } from 'vitest'
import { KEYGEN, KEYS, NOW_MS, replyOf, startRig, stopRigs, tokenOf } from './callback-rig.ts'

afterEach(stopRigs)

test('signs one answer per second and cause, however much garbage comes', async () => {
  let nowMs = NOW_MS
  const rig = await startRig({ clock: { nowMs: () => nowMs } })
  const flood = (token: string): Promise<readonly string[]> =>
    Promise.all(Array.from({ length: 50 }, async () => (await rig.post('/v2/check', token)).body.toString()))

  expect(new Set(await flood('garbage')).size).toBe(1)
  expect(rig.signatures()).toBe(1)
  await flood('')
  expect(rig.signatures()).toBe(2)
  nowMs += 999
  await flood('garbage')
  expect(rig.signatures()).toBe(2)
  nowMs += 1
  await flood('garbage')
  expect(rig.signatures()).toBe(3)
  expect(await rig.metric('token_failures_total', { dialect: 'cobo-v2' })).toBe(200)
  expect(rig.logLines.filter((line) => line.includes('"level":"warn"'))).toHaveLength(3)
})

test('signs anew when the clock was set back, so that no answer outlives its expiry', async () => {
  let nowMs = NOW_MS
  const rig = await startRig({ clock: { nowMs: () => nowMs } })
  await rig.post('/v2/check', 'garbage')
  nowMs -= 3_600_000
  const reply = await replyOf(await rig.post('/v2/check', 'garbage'), nowMs)
  expect(reply.expiresAtMs).toBe(nowMs + 120_000)
})

test('keeps the answers of two paths apart', async () => {
  const rig = await startRig()
  await rig.post('/v2/check', 'garbage')
  await rig.post('/v1/check', 'garbage')
  expect(rig.signatures()).toBe(2)
})

test('never shares an answer to a verified request', async () => {
  const rig = await startRig()
  const token = await tokenOf({ ...KEYGEN, request_id: undefined }, KEYS.nodeV2.privateKey)
  await rig.post('/v2/check', token)
  await rig.post('/v2/check', token)
  expect(rig.signatures()).toBe(2)
})

test('does not keep a signature that failed', async () => {
  let attempts = 0
  const rig = await startRig({
    signing: {
      sign: (work) => {
        attempts += 1
        return attempts === 1 ? Promise.reject(new Error('no slot')) : work()
      },
    },
  })
  expect((await rig.post('/v2/check', 'garbage')).status).toBe(503)
  expect(await replyOf(await rig.post('/v2/check', 'garbage'))).toMatchObject({ status: 20 })
})
