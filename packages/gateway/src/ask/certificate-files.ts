import { resolve } from 'node:path'
import type { CertificateFile } from '@callback-quorum/service'
import type { CheckerEntry } from '../config.ts'

/** The certificates that checkers are asked with. */
export function certificateFiles(entries: readonly CheckerEntry[], directory: string): readonly CertificateFile[] {
  return entries.flatMap(({ name, tls }) => {
    const files = { 'tls.ca': tls?.ca, 'tls.cert': tls?.client_cert }
    return Object.entries(files).flatMap(([member, path]) =>
      path === undefined ? [] : [{ role: `checkers ${name} ${member}`, path: resolve(directory, path) }],
    )
  })
}
