import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createSigningPool, type SigningPool } from '../../src/http/index.ts'
import { createHttpMetrics } from '../../src/http/metrics.ts'

/** Work that runs until it is let go, and the moment it began. */
function hold(
  pool: SigningPool,
  verified: boolean,
): { readonly begun: () => boolean; readonly end: () => Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  let begun = false
  const done = pool.sign(() => ((begun = true), promise), verified, 10_000)
  return {
    begun: () => begun,
    end: () => {
      resolve('done')
      return done
    },
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('keeps half of the slots for verified callers', async () => {
  const pool = createSigningPool({ slots: 4 })
  const strangers = [false, false, false].map((verified) => hold(pool, verified))
  const callers = [true, true, true].map((verified) => hold(pool, verified))
  await settle()
  expect(strangers.map(({ begun }) => begun())).toEqual([true, true, false])
  expect(callers.map(({ begun }) => begun())).toEqual([true, true, false])
  await Promise.all([...strangers, ...callers].map(({ end }) => end()))
})

test('lets verified callers use every slot and go first', async () => {
  const pool = createSigningPool({ slots: 2 })
  const running = [hold(pool, true), hold(pool, true)] as const
  const stranger = hold(pool, false)
  const caller = hold(pool, true)
  await settle()
  expect([...running, stranger, caller].map(({ begun }) => begun())).toEqual([true, true, false, false])
  await running[0].end()
  await settle()
  expect([stranger.begun(), caller.begun()]).toEqual([false, true])
  await Promise.all([running[1].end(), caller.end(), stranger.end()])
})

test('refuses work that gets no slot in time, without running it, and recovers', async () => {
  const pool = createSigningPool({ slots: 2 })
  const running = [hold(pool, true), hold(pool, true)]
  let ran = false
  const late = pool.sign(() => Promise.resolve((ran = true)), true, 10)
  await expect(late).rejects.toMatchObject({ code: 'ERR_SERVICE_SIGNING_BUSY', retryable: true })
  await Promise.all(running.map(({ end }) => end()))
  expect(ran).toBe(false)
  expect(await pool.sign(() => Promise.resolve('signed'), true, 10)).toBe('signed')
})

test('frees the slot of work that fails', async () => {
  const pool = createSigningPool({ slots: 2 })
  for (let i = 0; i < 5; i += 1) {
    await expect(pool.sign(() => Promise.reject(new Error('key is gone')), false, 10)).rejects.toThrow('key is gone')
  }
  expect(await pool.sign(() => Promise.resolve('signed'), false, 10)).toBe('signed')
})

test('serves strangers on a machine with one core', async () => {
  const pool = createSigningPool({ slots: 1 })
  expect(await pool.sign(() => Promise.resolve('signed'), false, 10)).toBe('signed')
})

test('says how many signatures are computed and how many wait, by whose they are', async () => {
  const registry = new Registry()
  const pool = createSigningPool({ slots: 2, metrics: createHttpMetrics(registry).signing })
  const read = async (): Promise<readonly number[]> => {
    const values = async (name: string): Promise<readonly number[]> =>
      ((await registry.getSingleMetric(`callback_quorum_signing_${name}`)?.get())?.values ?? []).map(
        ({ value }) => value,
      )
    return [...(await values('in_flight')), ...(await values('waiting'))]
  }
  expect(await read()).toEqual([0, 0, 0])
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const all = [true, true, true, false].map((verified) => pool.sign(() => promise, verified, 5_000))
  const late = pool.sign(() => promise, false, 20)
  expect(await read()).toEqual([2, 1, 2])
  await expect(late).rejects.toMatchObject({ code: 'ERR_SERVICE_SIGNING_BUSY' })
  expect(await read()).toEqual([2, 1, 1])
  resolve(undefined)
  await Promise.all(all)
  expect(await read()).toEqual([0, 0, 0])
})
