import { COBO_CHECK_PATHS, FIREBLOCKS_PATHS, OUTCOME_PATH } from '@callback-quorum/protocol'
import type { Question } from './question.ts'

/** What a checker is asked at its own path: Cobo's by dialect, Fireblocks' by endpoint. Bare JSON is asked wrapped, as a token. */
const CHECK_PATHS = {
  'cobo-v1': COBO_CHECK_PATHS['cobo-v1'],
  'cobo-v2': COBO_CHECK_PATHS['cobo-v2'],
  'fireblocks-tx': FIREBLOCKS_PATHS['fireblocks-jwt'].tx,
  'fireblocks-config': FIREBLOCKS_PATHS['fireblocks-jwt'].config,
} as const
export type AskedAt = keyof typeof CHECK_PATHS

export interface AskedPaths {
  /** What the entry's address does not serve is absent. */
  readonly paths: Readonly<Partial<Record<AskedAt, string>>>
  readonly outcomePath: string
}

/** A node's `service_address` may name one check path itself (then it serves nothing else) or be what the paths are appended to. */
export function pathsOf(pathname: string): AskedPaths {
  const all = Object.entries(CHECK_PATHS) as [AskedAt, string][]
  const named = all.find(([, path]) => pathname.endsWith(path))
  const base = (named === undefined ? pathname : pathname.slice(0, -named[1].length)).replace(/\/+$/, '')
  const served = named === undefined ? all : [named]
  return {
    paths: Object.fromEntries(served.map(([askedAt, path]) => [askedAt, `${base}${path}`])),
    outcomePath: `${base}${OUTCOME_PATH}`,
  }
}

/** True for an address of bare JSON: nobody signs what is answered there, so it can be no checker. */
export function isBareJsonPath(pathname: string): boolean {
  const isToken = Object.values(CHECK_PATHS).some((path) => pathname.endsWith(path))
  return !isToken && Object.values(FIREBLOCKS_PATHS['fireblocks-json']).some((path) => pathname.endsWith(path))
}

export function askedAt(question: Pick<Question, 'dialect' | 'endpoint'>): AskedAt {
  const { dialect, endpoint } = question
  switch (dialect) {
    case 'cobo-v1':
    case 'cobo-v2':
      return dialect
    case 'fireblocks-jwt':
    case 'fireblocks-json':
      if (endpoint === undefined) throw new Error('invariant: a question of a Co-signer has its endpoint')
      return `fireblocks-${endpoint}`
    default:
      throw new Error(`invariant: unknown dialect ${String(dialect satisfies never)}`)
  }
}
