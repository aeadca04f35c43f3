import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Logger } from '../log.ts'

/** A PEM file that a connection is made or accepted with, under the name that an operator finds it by: `checkers limits tls.ca`. */
export interface CertificateFile {
  readonly role: string
  /** Absolute. */
  readonly path: string
}

/** When the certificates end that this process uses. */
export interface Certificates {
  /** What is in use under `role` from now on. A text without a readable certificate leaves the role without an expiry. */
  use(role: string, pem: string | Buffer): void
  /** Reads files that are used as they are now until the process ends. Never throws: whoever uses them says what is wrong with them. */
  useFiles(files: readonly CertificateFile[]): Promise<void>
  all(): readonly { readonly role: string; readonly expiresAtMs: number }[]
}

export function createCertificates(log: Logger): Certificates {
  const expiries = new Map<string, number>()
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
          const pem = await readFile(path).catch(() => '')
          use(role, pem)
        }),
      )
    },
    all: () => [...expiries].map(([role, expiresAtMs]) => ({ role, expiresAtMs })),
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
