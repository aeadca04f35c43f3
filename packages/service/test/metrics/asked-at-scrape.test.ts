import { expect, test, vi } from 'vitest'
import { createLogger } from '../../src/log.ts'
import { askedAtScrape } from '../../src/metrics/index.ts'

function reading<T>(read: () => Promise<T>) {
  const lines: string[] = []
  const log = createLogger({
    name: 'rig',
    level: 'warn',
    format: 'json',
    destination: { write: (line) => void lines.push(line) },
  })
  const spy = vi.fn(read)
  return { ask: askedAtScrape('a thing', spy, log), spy, lines }
}

test('asks once for all that ask within a second, and anew afterwards', async () => {
  let value = 0
  const { ask, spy } = reading(() => Promise.resolve((value += 1)))
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
  expect(await ask()).toBe(1)
  expect(spy).toHaveBeenCalledTimes(1)
  await expect.poll(ask, { timeout: 5_000 }).toBe(2)
})

test.each([
  ['rejects', (): Promise<number> => Promise.reject(new Error('broken'))],
  [
    'throws',
    (): Promise<number> => {
      throw new Error('broken')
    },
  ],
])('is undefined when the reading %s, and the log says of what', async (_, read) => {
  const { ask, lines } = reading(read)
  expect(await ask()).toBeUndefined()
  expect(lines.join('')).toContain('"what":"a thing"')
  expect(lines.join('')).toContain('broken')
})

test('does not ask again while an asking hangs, and says undefined in time every time', async () => {
  const { promise, resolve } = Promise.withResolvers<number>()
  const { ask, spy } = reading(() => promise)
  const startedMs = performance.now()
  expect(await ask()).toBeUndefined()
  expect(await ask()).toBeUndefined()
  expect(performance.now() - startedMs).toBeGreaterThan(3_900)
  expect(spy).toHaveBeenCalledTimes(1)
  resolve(7)
  expect(await ask()).toBe(7)
})
