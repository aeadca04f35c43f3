import type { AssetRegistry } from '@callback-quorum/chains'

/** What rules are checked against. */
export interface LintContext {
  readonly assets: AssetRegistry
  /** Names of the sources that can price an asset; undefined: prices are not looked at here. */
  readonly covers?: (assetId: string, currency: string) => readonly string[]
}

/** One problem of one rule, at one of its members. */
export type Report = (member: string, problem: string, expected: string) => void
