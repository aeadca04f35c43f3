import type { ConfigPath } from '@callback-quorum/service'

/** What a start accepts and an operator would hardly want. `failed`: nothing is approved, or nobody hears the answer. */
export interface Lint {
  readonly status: 'warning' | 'failed'
  readonly path: ConfigPath
  readonly problem: string
  /** One sentence: the line to change, and into what. */
  readonly fix: string
}
