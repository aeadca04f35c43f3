import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Logger } from '../log.ts'
import { askedAtScrape } from './asked-at-scrape.ts'

/** A PEM file that a connection is made or accepted with, under the name that an operator finds it by: `checkers limits tls.ca`. */
export interface CertificateFile {
  readonly role: string
  /** As in the configuration; absent where it names none. */
  readonly path: string | undefined
}

/** When the certificates end that this process uses. */
export interface Certificates {
  /** What is in use under `role` from now on. A text without a readable certificate leaves the role without an expiry. */
  use(role: string, pem: string | Buffer): void
  /** Reads files that are used as they are now until the process ends. Never throws: whoever uses them says what is wrong with them. */
  useFiles(files: readonly CertificateFile[]): Promise<void>
  /** Files that are read again whenever they are used: what counts is what they hold when somebody asks. */
  followFiles(files: readonly CertificateFile[]): void
  /** Never throws; a role whose file cannot be read is left out. */
  all(): Promise<ReadonlyMap<string, number>>
}

/** Paths are relative to `directory`. */
export function createCertificates(directory: string, log: Logger): Certificates {
  const expiries = new Map<string, number>()
  const followed: (() => Promise<readonly [role: string, expiresAtMs: number] | undefined>)[] = []
  const use = (role: string, pem: string | Buffer): void => {
    const expiresAtMs = earliestExpiryMs(pem.toString('latin1'))
    if (expiresAtMs !== undefined) {
      expiries.set(role, expiresAtMs)
      return
    }
    expiries.delete(role)
    log.warn({ role }, 'no certificate whose expiry could be read')
  }
  return {
    use,
    async useFiles(files) {
      await Promise.all(
        files.map(async ({ role, path }) => {
          if (path !== undefined) use(role, await readFile(resolve(directory, path)).catch(() => ''))
        }),
      )
    },
    followFiles: (files) => {
      for (const { role, path } of files) {
        if (path === undefined) continue
        const read = async (): Promise<readonly [string, number] | undefined> => {
          const expiresAtMs = earliestExpiryMs(await readFile(resolve(directory, path), 'latin1'))
          return expiresAtMs === undefined ? undefined : [role, expiresAtMs]
        }
        followed.push(askedAtScrape(`certificates of ${role}`, read, log))
      }
    },
    all: async () => {
      const found = await Promise.all(followed.map((read) => read()))
      return new Map([...expiries, ...found.filter((entry) => entry !== undefined)])
    },
  }
}

const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g

/** Of every certificate in the text, chain and bundle included: the first that ends makes the rest useless, or may. */
function earliestExpiryMs(pem: string): number | undefined {
  const expiries = [...pem.matchAll(CERTIFICATE)].flatMap(([block]) => expiryMs(block))
  return expiries.length === 0 ? undefined : Math.min(...expiries)
}

function expiryMs(block: string): readonly number[] {
  try {
    return [new X509Certificate(block).validToDate.getTime()]
  } catch {
    return []
  }
}
