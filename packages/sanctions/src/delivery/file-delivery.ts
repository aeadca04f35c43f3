import { constants, type BigIntStats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { type Clock, errnoOf } from '@callback-quorum/service'
import { SanctionsFault } from '../faults.ts'
import { readDeliveryManifest, type DeliveryManifest } from './delivery-manifest.ts'
import type { DeliveredFile, Delivery, NotModified, Validators } from './delivery.ts'
import { openSpoolFile, type SpoolFile, type Spooled } from './spool-file.ts'

/** Polling, because change events are missed where it matters: a Kubernetes ConfigMap swap replaces a symlinked folder. */
const POLL_INTERVAL_MS = 5_000
/** For a disk over the network that is slow; a local one reads the largest list in a second. Looked at between two chunks. */
const READ_MS_MAX = 5 * 60_000
const CHUNK_BYTES = 1024 * 1024

export interface FileDeliveryOptions {
  /** Absolute path of what somebody else delivers. */
  readonly file: string
  /** Only a file of exactly these bytes is delivered, if given. */
  readonly sha256?: string
  /** `none`: for the packaged list, which nobody checks again; it is then delivered without `checkedAtMs`. */
  readonly manifest: 'required' | 'none'
  /** An existing folder of our own, for the copy that is parsed. */
  readonly directory: string
  readonly clock: Clock
  readonly everyMs?: number
  readonly bytesMax?: number
  readonly readMsMax?: number
}

/** What the file was when it was last read through. */
interface Look {
  readonly identity: string
  readonly manifestText: string | undefined
  readonly sha256: string
  /** False for bytes that nobody vouches for and that were read once: they may have been half of a file that was being written. */
  readonly isSettled: boolean
}

/**
 * A list in a file that somebody else delivers. It ages from `<file>.manifest.json` alone: that must name the file's digest, and says when
 * the publication was checked. What is delivered is a copy made while it was hashed, so that nobody can exchange it in between.
 */
export function openFileDelivery(options: FileDeliveryOptions): Delivery {
  let last: Look | undefined
  return {
    everyMs: options.everyMs ?? POLL_INTERVAL_MS,
    fetch: async (previous, stopping) => {
      const identity = await lookAt(options.file)
      const manifest =
        options.manifest === 'none' ? undefined : await readDeliveryManifest(options.file, options.clock.nowMs())
      // Together with a manifest that is the same to the letter: whoever exchanges the file writes another one.
      if (last?.isSettled === true && last.identity === identity && last.manifestText === manifest?.text) {
        requireNamed(last.sha256, options, manifest)
        if (isOf(previous, last.sha256)) return notModified(manifest)
      }
      const copy = await copyFile(options, stopping)
      try {
        const isReadTwice = last?.identity === copy.identity && last.sha256 === copy.sha256
        const isSettled = isReadTwice || manifest === undefined || manifest.sha256 === copy.sha256
        last = { identity: copy.identity, manifestText: manifest?.text, sha256: copy.sha256, isSettled }
        requireNamed(copy.sha256, options, manifest)
      } catch (error) {
        await copy.discard()
        throw error
      }
      if (!isOf(previous, copy.sha256)) return deliveredOf(copy, manifest)
      await copy.discard()
      return notModified(manifest)
    },
  }
}

const deliveredOf = (copy: Copy, manifest: DeliveryManifest | undefined): DeliveredFile => ({
  result: 'delivered',
  path: copy.path,
  sha256: copy.sha256,
  bytes: copy.bytes,
  validators: { etag: tagOf(copy.sha256) },
  ...checkedOf(manifest),
  discard: () => copy.discard(),
})

const notModified = (manifest: DeliveryManifest | undefined): NotModified => ({
  result: 'not-modified',
  ...checkedOf(manifest),
})

const tagOf = (sha256: string): string => `"sha256-${sha256}"`

const isOf = (previous: Validators | undefined, sha256: string): boolean => previous?.etag === tagOf(sha256)

const checkedOf = (manifest: DeliveryManifest | undefined): { checkedAtMs?: number } =>
  manifest === undefined ? {} : { checkedAtMs: manifest.checkedAtMs }

function requireNamed(found: string, { sha256 }: FileDeliveryOptions, manifest: DeliveryManifest | undefined): void {
  const fault = (who: string, named: string): SanctionsFault =>
    new SanctionsFault('ERR_SANCTIONS_LIST_HASH', `the file is ${found}, ${who} says ${named}`)
  if (sha256 !== undefined && sha256 !== found) throw fault('the configuration', sha256)
  if (manifest !== undefined && manifest.sha256 !== found) throw fault('its manifest', manifest.sha256)
}

const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ')

async function lookAt(file: string): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  if (!stats.isFile()) throw unreadable(file, undefined, 'not a regular file')
  return identityOf(stats)
}

interface Copy extends Spooled {
  readonly identity: string
  discard(): Promise<void>
}

/** Copies and hashes the file in one pass; gives the identity that it had when it was opened. */
async function copyFile(options: FileDeliveryOptions, stopping: AbortSignal): Promise<Copy> {
  // A pipe in the file's place does not keep the service waiting.
  const source = await open(options.file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(options.file, error)
  })
  try {
    const stats = await source.stat({ bigint: true })
    if (!stats.isFile()) throw unreadable(options.file, undefined, 'not a regular file')
    const spool = await openSpoolFile(options.directory, options.bytesMax)
    try {
      await copyChunks(source, spool, options, stopping)
      return { ...(await spool.end()), identity: identityOf(stats), discard: () => spool.discard() }
    } catch (error) {
      await spool.discard()
      throw error
    }
  } finally {
    await source.close()
  }
}

async function copyChunks(
  source: FileHandle,
  spool: SpoolFile,
  { file, readMsMax = READ_MS_MAX }: FileDeliveryOptions,
  stopping: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.timeout(readMsMax)
  const buffer = new Uint8Array(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await source.read(buffer).catch((error: unknown) => {
      throw unreadable(file, error)
    })
    if (bytesRead === 0) return
    if (stopping.aborted) throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_STOPPED', 'the service is stopping')
    if (deadline.aborted)
      throw new SanctionsFault('ERR_SANCTIONS_DELIVERY_TIMEOUT', `${file} was not read within ${readMsMax} ms`)
    await spool.write(buffer.subarray(0, bytesRead))
  }
}

const unreadable = (file: string, cause: unknown, why = `cannot be read (${errnoOf(cause)})`): SanctionsFault =>
  new SanctionsFault('ERR_SANCTIONS_LIST_UNREADABLE', `${file}: ${why}`, { cause })
