import type { CertificateFile } from '@callback-quorum/service'
import type { CheckerEntry } from '../config.ts'

/** The certificates that checkers are asked with; their pools keep them until the process ends. */
export const certificateFiles = (entries: readonly CheckerEntry[]): readonly CertificateFile[] =>
  entries.flatMap(({ name, tls }) => [
    { role: `checkers ${name} tls.ca`, path: tls?.ca },
    { role: `checkers ${name} tls.cert`, path: tls?.client_cert },
  ])
