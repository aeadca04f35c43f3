import { writeFileSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, type Logger } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FileSource, type FileSourceOptions } from '../src/list/file-source.ts'
import { standingOf, type ActiveList } from '../src/list/list-reader.ts'
import { createSanctionsMetrics, type SanctionsMetrics } from '../src/metrics.ts'
import { STARTER_LIST } from '../src/starter-list.ts'
import { advancedXml, detail, sha256, type ListedPart } from './advanced-xml.ts'
import { NOW } from './asking.ts'
import { V0304, V0321 } from './lists.ts'

const HOUR_MS = 3_600_000
const ONE: readonly ListedPart[] = [{ party: '1', detail: detail('12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h') }]
const TWO: readonly ListedPart[] = [...ONE, { party: '2', detail: detail('1H939dom7i4WDLCKyGbXUp3fs9CSTNRzgL') }]

let directory: string
let file: string
let nowMs: number
let lines: string[]
let log: Logger
let metrics: SanctionsMetrics
let open: FileSource[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sanctions-source-'))
  file = join(directory, 'list.xml')
  nowMs = NOW.getTime()
  lines = []
  open = []
  log = createLogger({
    name: 'test',
    level: 'info',
    format: 'json',
    destination: { write: (line: string) => void lines.push(line) },
  })
  metrics = createSanctionsMetrics(
    new Registry(),
    () => open,
    () => nowMs,
  )
})
afterEach(async () => {
  await Promise.all(open.map((source) => source.stop()))
  await rm(directory, { recursive: true })
})

function sourceOf(options: Partial<FileSourceOptions> = {}): FileSource {
  const source = new FileSource({
    name: 'ofac-sdn',
    file,
    maxAgeMs: 24 * HOUR_MS,
    isStarterAllowed: false,
    clock: { nowMs: () => nowMs },
    log,
    metrics,
    ...options,
  })
  open.push(source)
  return source
}

async function manifest(content: object | string, at = file): Promise<void> {
  await writeFile(`${at}.manifest.json`, typeof content === 'string' ? content : JSON.stringify(content))
}

async function deliver(text: string | Uint8Array, checkedAt = new Date(nowMs), at = file): Promise<void> {
  await writeFile(at, text)
  await manifest({ checked_at: checkedAt.toISOString(), sha256: sha256(text) }, at)
}

async function loaded(options: Partial<FileSourceOptions> = {}): Promise<FileSource> {
  const source = sourceOf(options)
  await source.reload()
  return source
}

const results = async (): Promise<Record<string, number>> =>
  Object.fromEntries((await metrics.refreshes.get()).values.map(({ labels, value }) => [String(labels.result), value]))

const failures = (): readonly string[] => lines.flatMap((line) => /"code":"(ERR_[A-Z_]+)"/.exec(line)?.[1] ?? [])

describe('loading', () => {
  test('a delivered list becomes active with its version and the time of its check', async () => {
    const text = advancedXml(ONE)
    await deliver(text, new Date(nowMs - HOUR_MS))
    const source = await loaded()
    expect(source.active()).toMatchObject({
      checkedAtMs: nowMs - HOUR_MS,
      isStarter: false,
      index: { versionSha: sha256(text), rows: 1, loadedAtMs: nowMs },
    })
    expect(await results()).toEqual({ activated: 1 })
  })

  test('[S21] without a file there is no list, and nothing throws', async () => {
    const source = await loaded()
    expect([source.active(), standingOf(source, nowMs).state, failures()]).toEqual([
      undefined,
      'absent',
      ['ERR_SANCTIONS_LIST_UNREADABLE'],
    ])
    expect(await results()).toEqual({ failed: 1 })
  })

  const MANIFESTS: readonly (readonly [defect: string, content: object | string | undefined, code: string])[] = [
    ['missing', undefined, 'ERR_SANCTIONS_LIST_MANIFEST'],
    ['not JSON', '{', 'ERR_SANCTIONS_LIST_MANIFEST'],
    ['without checked_at', { sha256: 'a'.repeat(64) }, 'ERR_SANCTIONS_LIST_MANIFEST'],
    [
      'with a date that has no time',
      { checked_at: '2026-01-05', sha256: 'a'.repeat(64) },
      'ERR_SANCTIONS_LIST_MANIFEST',
    ],
    [
      'with a time that has no zone',
      { checked_at: '2026-01-05T11:00:00', sha256: 'a'.repeat(64) },
      'ERR_SANCTIONS_LIST_MANIFEST',
    ],
    [
      'with an unknown member',
      { checked_at: NOW.toISOString(), sha256: 'a'.repeat(64), max_age: 'none' },
      'ERR_SANCTIONS_LIST_MANIFEST',
    ],
    ['with a short digest', { checked_at: NOW.toISOString(), sha256: 'abc' }, 'ERR_SANCTIONS_LIST_MANIFEST'],
    ['of other bytes', { checked_at: NOW.toISOString(), sha256: 'a'.repeat(64) }, 'ERR_SANCTIONS_LIST_HASH'],
  ]
  test.each(MANIFESTS)('a manifest %s is refused', async (_, content, code) => {
    await writeFile(file, advancedXml(ONE))
    if (content !== undefined) await manifest(content)
    const source = await loaded()
    expect([source.active(), failures()]).toEqual([undefined, [code]])
  })

  test('a manifest dated in the future is refused beyond the skew of clocks', async () => {
    await deliver(advancedXml(ONE), new Date(nowMs + 4 * 60_000))
    expect((await loaded()).active()).toBeDefined()
    await deliver(advancedXml(ONE), new Date(nowMs + 6 * 60_000))
    expect((await loaded()).active()).toBeUndefined()
  })

  test('other bytes than the configuration names are refused, whatever the manifest says', async () => {
    const text = advancedXml(ONE)
    await deliver(text)
    expect((await loaded({ sha256: sha256(text) })).active()).toBeDefined()
    expect((await loaded({ sha256: sha256('another') })).active()).toBeUndefined()
    expect(failures()).toEqual(['ERR_SANCTIONS_LIST_HASH'])
  })

  test('a file that changes between being hashed and being parsed is refused', async () => {
    await deliver(advancedXml(ONE))
    // The source asks for the time between the two readings.
    const nowAfterSwap = (): number => {
      writeFileSync(file, advancedXml(TWO))
      return nowMs
    }
    expect((await loaded({ clock: { nowMs: nowAfterSwap } })).active()).toBeUndefined()
    expect(lines.join()).toContain('changed while it was read')
  })

  test('a list without a single address is refused, and a folder is no list', async () => {
    await deliver(advancedXml([]))
    expect((await loaded()).active()).toBeUndefined()
    expect((await loaded({ file: directory })).active()).toBeUndefined()
    expect(failures()).toEqual(['ERR_SANCTIONS_LIST_EMPTY', 'ERR_SANCTIONS_LIST_UNREADABLE'])
  })
})

describe('a second delivery', () => {
  test('replaces the active version as a whole', async () => {
    await deliver(await readFile(V0304), undefined, (file = join(directory, 'list.xml.gz')))
    const source = await loaded()
    const before = source.active()
    await deliver(await readFile(V0321))
    await source.reload()
    expect([before?.index.rows, source.active()?.index.rows]).toEqual([717, 627])
    expect(before?.index.versionSha).not.toBe(source.active()?.index.versionSha)
    expect(await results()).toEqual({ activated: 2 })
  })

  test('of the same bytes renews the age and nothing else', async () => {
    await deliver(advancedXml(ONE), new Date(nowMs))
    const source = await loaded()
    const before = source.active()
    nowMs += HOUR_MS
    await manifest({ checked_at: new Date(nowMs).toISOString(), sha256: before?.index.versionSha })
    await source.reload()
    expect(source.active()?.index).toBe(before?.index)
    expect(source.active()?.checkedAtMs).toBe(nowMs)
    expect(await results()).toEqual({ activated: 1, unchanged: 1 })
  })

  test('reading the file again never makes the list younger', async () => {
    await deliver(advancedXml(ONE))
    const source = await loaded()
    const { checkedAtMs } = source.active() ?? {}
    nowMs += 23 * HOUR_MS
    await source.reload()
    expect(source.active()?.checkedAtMs).toBe(checkedAtMs)
    expect(standingOf(source, nowMs).state).toBe('fresh')
    nowMs += HOUR_MS + 1
    await source.reload()
    expect(standingOf(source, nowMs).state).toBe('stale')
  })

  const BROKEN: readonly (readonly [defect: string, spoil: (good: string) => string, code: string])[] = [
    ['cut', (good) => good.slice(0, good.length * 0.6), 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['HTML', () => '<html><body>maintenance</body></html>', 'ERR_SANCTIONS_LIST_MALFORMED'],
    ['without address types', () => advancedXml([], { types: { '25': 'Gender' } }), 'ERR_SANCTIONS_LIST_STRUCTURE'],
    ['empty of addresses', () => advancedXml([]), 'ERR_SANCTIONS_LIST_EMPTY'],
  ]
  test.each(BROKEN)('[S19] that is %s leaves the old version serving and ageing', async (_, spoil, code) => {
    await deliver(advancedXml(ONE))
    const source = await loaded()
    const before: ActiveList | undefined = source.active()
    nowMs += HOUR_MS
    await deliver(spoil(advancedXml(TWO)))
    await source.reload()
    expect(before).toBeDefined()
    expect(source.active()).toBe(before)
    expect([failures(), await results()]).toEqual([[code], { activated: 1, failed: 1 }])
    expect(standingOf(source, nowMs + 23 * HOUR_MS + 1).state).toBe('stale')
  })

  test('of which only the file has arrived waits for its manifest', async () => {
    await deliver(advancedXml(ONE))
    const source = await loaded()
    await writeFile(file, advancedXml(TWO))
    await source.reload()
    expect([source.active()?.index.rows, failures()]).toEqual([1, ['ERR_SANCTIONS_LIST_HASH']])
    await deliver(advancedXml(TWO))
    await source.reload()
    expect(source.active()?.index.rows).toBe(2)
  })

  test('[S22] with a new code is taken, and the code is announced', async () => {
    await deliver(advancedXml(ONE))
    const source = await loaded()
    const types = { '344': 'Digital Currency Address - XBT', '900': 'Digital Currency Address - FOO' }
    await deliver(advancedXml([...ONE, { party: '2', type: '900', detail: detail('f'.repeat(40)) }], { types }))
    await source.reload()
    expect(source.active()?.index).toMatchObject({ rows: 2, codes: ['XBT', 'FOO'] })
    expect(lines.filter((line) => line.includes('"new_code"'))).toEqual([expect.stringContaining('["FOO"]')])
    expect((await metrics.newCodes.get()).values).toMatchObject([{ value: 1 }])
  })

  test('is noticed by itself, also when it is renamed into place', async () => {
    await deliver(advancedXml(ONE))
    const source = sourceOf({ pollIntervalMs: 20 })
    await source.start()
    expect(source.active()?.index.rows).toBe(1)
    const next = join(directory, 'next.xml')
    await deliver(advancedXml(TWO), undefined, next)
    await rename(`${next}.manifest.json`, `${file}.manifest.json`)
    await rename(next, file)
    await vi.waitFor(() => expect(source.active()?.index.rows).toBe(2), { timeout: 20_000 })
  })

  test('after stop is not noticed any more', async () => {
    await deliver(advancedXml(ONE))
    const source = sourceOf({ pollIntervalMs: 20 })
    await source.start()
    await source.stop()
    const witness = sourceOf({ pollIntervalMs: 20 })
    await witness.start()
    await deliver(advancedXml(TWO))
    await vi.waitFor(() => expect(witness.active()?.index.rows).toBe(2), { timeout: 20_000 })
    expect(source.active()?.index.rows).toBe(1)
  })
})

describe('the starter list', () => {
  const starter = { file: STARTER_LIST.file, maxAgeMs: 'none' as const }

  test('does not age where it is allowed, and says loudly what it is', async () => {
    const source = await loaded({ ...starter, isStarterAllowed: true })
    expect(standingOf(source, nowMs + 10_000 * HOUR_MS).state).toBe('fresh')
    expect(source.active()).toMatchObject({ isStarter: true, index: { rows: 761, versionSha: STARTER_LIST.sha256 } })
    expect(lines.filter((line) => line.includes('STARTER LIST IN USE') && line.includes('"warn"'))).toHaveLength(1)
  })

  test('is refused where it is not allowed, also as a copy under another name with a fresh manifest', async () => {
    expect((await loaded(starter)).active()).toBeUndefined()
    const copy = join(directory, 'sdn_advanced.xml.gz')
    await copyFile(STARTER_LIST.file, copy)
    await manifest({ checked_at: NOW.toISOString(), sha256: STARTER_LIST.sha256 }, copy)
    expect((await loaded({ file: copy })).active()).toBeUndefined()
    expect(failures()).toEqual(['ERR_SANCTIONS_STARTER_LIST', 'ERR_SANCTIONS_STARTER_LIST'])
  })

  test('no other list may be without age', async () => {
    await deliver(advancedXml(ONE))
    expect((await loaded({ maxAgeMs: 'none', isStarterAllowed: true })).active()).toBeUndefined()
    expect(failures()).toEqual(['ERR_SANCTIONS_STARTER_LIST'])
  })
})
