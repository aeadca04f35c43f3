import { fileURLToPath } from 'node:url'

/** The list that is packaged for the demo: a trimmed copy of one OFAC publication, known by its bytes wherever it lies. See data/README.md. */
export const STARTER_LIST = {
  source: 'ofac-sdn',
  file: fileURLToPath(new URL('../data/sdn_advanced_2025-11-19.trim.xml.gz', import.meta.url)),
  dateOfIssue: '2025-11-19',
  sha256: 'bbbb83f1ae9ae828b7b23a0f968d22f87b038eb0bb0de29583e16bdb5855688d',
} as const

export const isStarterSha = (sha256: string): boolean => sha256 === STARTER_LIST.sha256

export const STARTER_LIST_BANNER =
  `STARTER LIST IN USE: a trimmed copy of the OFAC list of ${STARTER_LIST.dateOfIssue}, for demonstration only. ` +
  'It never ages and addresses listed since are NOT on it. Never screen real payments with it.'
