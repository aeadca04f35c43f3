import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Delivered, DeliveredFile, Delivery, Validators } from '../../src/delivery/delivery.ts'
import { openFileDelivery, type FileDeliveryOptions } from '../../src/delivery/file-delivery.ts'
import { SanctionsFault } from '../../src/faults.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.parse('2026-01-05T12:00:00Z')
const shaOf = (text: string): string => createHash('sha256').update(text).digest('hex')

let folder: string
let file: string
let directory: string
let nowMs: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq file delivery '))
  file = join(folder, 'list.xml')
  directory = join(folder, 'received')
  await mkdir(directory)
  nowMs = NOW_MS
})
afterEach(() => rm(folder, { recursive: true }))

const open = (options: Partial<FileDeliveryOptions> = {}): Delivery =>
  openFileDelivery({ file, manifest: 'required', directory, clock: { nowMs: () => nowMs }, ...options })

async function manifest(text: string, checkedAtMs = nowMs): Promise<void> {
  const content = { checked_at: new Date(checkedAtMs).toISOString(), sha256: shaOf(text) }
  await writeFile(`${file}.manifest.json`, JSON.stringify(content))
}

async function bring(text: string, checkedAtMs = nowMs): Promise<void> {
  await writeFile(file, text)
  await manifest(text, checkedAtMs)
}

/** What came, or the code of the fault; after a fault nothing may be left. */
async function fetchFrom(delivery: Delivery, previous?: Validators): Promise<Delivered | string> {
  try {
    return await delivery.fetch(previous, new AbortController().signal)
  } catch (error) {
    expect(await readdir(directory)).toEqual([])
    return codeOf(error)
  }
}

function codeOf(error: unknown): string {
  if (error instanceof SanctionsFault) return error.code
  throw error
}

async function deliveredBy(delivery: Delivery, previous?: Validators): Promise<DeliveredFile> {
  const delivered = await fetchFrom(delivery, previous)
  if (typeof delivered === 'string' || delivered.result !== 'delivered') throw new Error(JSON.stringify(delivered))
  return delivered
}

/** Takes a list and forgets the copy; gives what is to be asked with next time. */
async function taken(delivery: Delivery): Promise<Validators> {
  const { validators, discard } = await deliveredBy(delivery)
  await discard()
  return validators
}

describe('a list that is brought', () => {
  test('is delivered as a copy with its digest and the time of its manifest', async () => {
    await bring('a list', nowMs - HOUR_MS)
    const delivered = await deliveredBy(open())
    expect(delivered).toMatchObject({ sha256: shaOf('a list'), bytes: 6, checkedAtMs: NOW_MS - HOUR_MS })
    expect(delivered.path).not.toBe(file)
    expect((await stat(delivered.path)).mode & 0o777).toBe(0o600)
    await writeFile(file, 'exchanged')
    expect(await readFile(delivered.path, 'utf8')).toBe('a list')
    await delivered.discard()
    expect([await readdir(directory), await readFile(file, 'utf8')]).toEqual([[], 'exchanged'])
  })

  test('of several megabytes is copied whole', async () => {
    const text = 'abcdefg'.repeat(500_000)
    await bring(text)
    const delivered = await deliveredBy(open())
    expect(delivered).toMatchObject({ sha256: shaOf(text), bytes: text.length })
    expect(shaOf(await readFile(delivered.path, 'utf8'))).toBe(shaOf(text))
  })

  test('without a manifest is delivered only where none is required, and has then no time', async () => {
    await writeFile(file, 'a list')
    expect(await fetchFrom(open())).toBe('ERR_SANCTIONS_LIST_MANIFEST')
    expect(await deliveredBy(open({ manifest: 'none' }))).not.toHaveProperty('checkedAtMs')
  })

  test('is refused when it is not the one that the configuration names', async () => {
    await bring('a list')
    expect(await fetchFrom(open({ sha256: shaOf('another list') }))).toBe('ERR_SANCTIONS_LIST_HASH')
    expect(await deliveredBy(open({ sha256: shaOf('a list') }))).toMatchObject({ bytes: 6 })
  })

  test('is refused when its manifest names another, is dated in the future or is a pipe', async () => {
    await bring('a list')
    await manifest('another list')
    expect(await fetchFrom(open())).toBe('ERR_SANCTIONS_LIST_HASH')
    await manifest('a list', nowMs + 6 * 60_000)
    expect(await fetchFrom(open())).toBe('ERR_SANCTIONS_LIST_MANIFEST')
    await rm(`${file}.manifest.json`)
    execFileSync('mkfifo', [`${file}.manifest.json`])
    expect(await fetchFrom(open())).toBe('ERR_SANCTIONS_LIST_MANIFEST')
  })

  test('is refused when it is missing, a folder or a pipe', async () => {
    expect(await fetchFrom(open())).toBe('ERR_SANCTIONS_LIST_UNREADABLE')
    expect(await fetchFrom(open({ file: folder }))).toBe('ERR_SANCTIONS_LIST_UNREADABLE')
    execFileSync('mkfifo', [file])
    await manifest('')
    expect(await fetchFrom(open())).toBe('ERR_SANCTIONS_LIST_UNREADABLE')
  })

  test('is refused beyond the cap, taken at it', async () => {
    await bring('a list')
    expect(await fetchFrom(open({ bytesMax: 5 }))).toBe('ERR_SANCTIONS_LIST_TOO_LARGE')
    expect(await deliveredBy(open({ bytesMax: 6 }))).toMatchObject({ bytes: 6 })
  })

  test('is not read to its end after stopping or the deadline', async () => {
    await bring('a list')
    await expect(open().fetch(undefined, AbortSignal.abort())).rejects.toMatchObject({
      code: 'ERR_SANCTIONS_DELIVERY_STOPPED',
    })
    await bring('abcdefgh'.repeat(3_000_000))
    expect(await fetchFrom(open({ readMsMax: 0 }))).toBe('ERR_SANCTIONS_DELIVERY_TIMEOUT')
    expect(await readdir(directory)).toEqual([])
  })

  test('cannot be taken into a folder that is missing', async () => {
    await bring('a list')
    await expect(
      open({ directory: join(folder, 'missing') }).fetch(undefined, new AbortController().signal),
    ).rejects.toThrow('the list could not be written (ENOENT)')
  })
})

describe('a list that was taken before', () => {
  test('is not modified, and its time is that of its manifest, old or new', async () => {
    await bring('a list', nowMs - HOUR_MS)
    const delivery = open()
    const previous = await taken(delivery)
    expect(await fetchFrom(delivery, previous)).toEqual({ result: 'not-modified', checkedAtMs: nowMs - HOUR_MS })
    await manifest('a list', nowMs)
    expect(await fetchFrom(delivery, previous)).toEqual({ result: 'not-modified', checkedAtMs: nowMs })
    nowMs += HOUR_MS
    expect(await fetchFrom(delivery, previous)).toEqual({ result: 'not-modified', checkedAtMs: NOW_MS })
    expect(await readdir(directory)).toEqual([])
  })

  test('is not modified after a restart, and when the same bytes are brought again', async () => {
    await bring('a list')
    const previous = await taken(open())
    const delivery = open()
    expect(await fetchFrom(delivery, previous)).toMatchObject({ result: 'not-modified' })
    await writeFile(join(folder, 'next'), 'a list')
    await rename(join(folder, 'next'), file)
    expect(await fetchFrom(delivery, previous)).toMatchObject({ result: 'not-modified' })
    expect(await readdir(directory)).toEqual([])
  })

  test('is delivered all the same to who asks without validators or with those of another', async () => {
    await bring('a list')
    const delivery = open()
    const previous = await taken(delivery)
    await bring('another list')
    expect(await deliveredBy(delivery, previous)).toMatchObject({ sha256: shaOf('another list') })
    expect(await deliveredBy(delivery, previous)).toMatchObject({ sha256: shaOf('another list') })
    expect(await deliveredBy(delivery)).toMatchObject({ sha256: shaOf('another list') })
    expect(await deliveredBy(delivery, { etag: '"v1"' })).toMatchObject({ sha256: shaOf('another list') })
  })

  test('is not read again while neither it nor its manifest changes, but when either does', async () => {
    await bring('a list')
    const delivery = open()
    const previous = await taken(delivery)
    // What is read is copied: without a folder to copy to, reading fails.
    await rm(directory, { recursive: true })
    const look = (): Promise<unknown> => delivery.fetch(previous, new AbortController().signal).catch(codeOf)
    expect(await look()).toEqual({ result: 'not-modified', checkedAtMs: NOW_MS })
    await manifest('a list', nowMs - 1)
    expect(await look()).toBe('ERR_SANCTIONS_DELIVERY_STORAGE')
    await manifest('a list')
    expect(await look()).toEqual({ result: 'not-modified', checkedAtMs: NOW_MS })
    await utimes(file, new Date(NOW_MS), new Date(NOW_MS))
    expect(await look()).toBe('ERR_SANCTIONS_DELIVERY_STORAGE')
  })

  test('is no more when its manifest is gone, its manifest names another, or it was exchanged', async () => {
    await bring('a list')
    const delivery = open()
    const previous = await taken(delivery)
    await manifest('another list')
    expect(await fetchFrom(delivery, previous)).toBe('ERR_SANCTIONS_LIST_HASH')
    await rm(`${file}.manifest.json`)
    expect(await fetchFrom(delivery, previous)).toBe('ERR_SANCTIONS_LIST_MANIFEST')
    await bring('a list')
    await writeFile(file, 'b list')
    expect(await fetchFrom(delivery, previous)).toBe('ERR_SANCTIONS_LIST_HASH')
  })

  test('that was exchanged for one of the same size and time is noticed by its manifest', async () => {
    await bring('a list')
    const at = new Date(NOW_MS)
    await utimes(file, at, at)
    const delivery = open()
    const previous = await taken(delivery)
    await bring('b list')
    await utimes(file, at, at)
    expect(await deliveredBy(delivery, previous)).toMatchObject({ sha256: shaOf('b list') })
  })

  test('whose manifest is dated in the future later on, because a clock was set back, is refused', async () => {
    await bring('a list')
    const delivery = open()
    const previous = await taken(delivery)
    nowMs -= HOUR_MS
    expect(await fetchFrom(delivery, previous)).toBe('ERR_SANCTIONS_LIST_MANIFEST')
  })
})

test('a list of which only the file has arrived waits for its manifest', async () => {
  await bring('a list')
  const delivery = open()
  const previous = await taken(delivery)
  await writeFile(file, 'another list')
  for (let look = 0; look < 3; look += 1) expect(await fetchFrom(delivery, previous)).toBe('ERR_SANCTIONS_LIST_HASH')
  await manifest('another list')
  expect(await deliveredBy(delivery, previous)).toMatchObject({ sha256: shaOf('another list') })
})

test('a list that nobody vouches for is read twice and then left alone until something changes', async () => {
  await bring('a list')
  await manifest('another list')
  const delivery = open()
  const read = async (): Promise<boolean> => {
    // What is read is copied: without a folder to copy to, that fails otherwise.
    await rm(directory, { recursive: true })
    const code = await delivery.fetch(undefined, new AbortController().signal).catch(codeOf)
    await mkdir(directory)
    return code === 'ERR_SANCTIONS_DELIVERY_STORAGE'
  }
  expect(await read()).toBe(true)
  expect(await fetchFrom(delivery)).toBe('ERR_SANCTIONS_LIST_HASH')
  expect(await read()).toBe(true)
  expect(await fetchFrom(delivery)).toBe('ERR_SANCTIONS_LIST_HASH')
  expect(await read()).toBe(false)
  await utimes(file, new Date(), new Date())
  expect(await read()).toBe(true)
})

test('looks every five seconds unless told otherwise', () => {
  expect([open().everyMs, open({ everyMs: 20 }).everyMs]).toEqual([5_000, 20])
})
