import type { Kind } from '@callback-quorum/protocol'
import type { CheckerEntry, GatewayConfig } from './config.ts'
import type { Requirement } from './tally.ts'

export interface Stage {
  readonly require: readonly CheckerEntry[]
  readonly shadow: readonly CheckerEntry[]
}

/** Who is asked about one kind of one caller's requests, in which order. */
export interface Quorum extends Requirement {
  /** By ascending stage; a stage is asked when all that is required of the one before approved. Shadows are never waited for. */
  readonly stages: readonly Stage[]
  /** What is rejected goes out as IGNORE: only where nothing is signed, which the configuration check sees to. */
  readonly ignoresInsteadOfRejecting: boolean
}

const keyOf = (caller: string, kind: Kind): string => `${caller}/${kind}`

/** Every (caller, kind) that anybody is in charge of. What is not in it is refused. */
export class QuorumTable {
  readonly #entries: ReadonlyMap<string, Quorum>

  constructor(config: Pick<GatewayConfig, 'checkers' | 'quorum'>) {
    const checkers = new Map(config.checkers.map((entry) => [entry.name, entry]))
    const named = (name: string): CheckerEntry => {
      const entry = checkers.get(name)
      if (entry === undefined) throw new Error(`invariant: quorum names ${name}, which the configuration check refuses`)
      return entry
    }
    const entries = new Map<string, Quorum>()
    for (const { callers, kinds, require, shadow, accept_unbound, instead_of_reject } of config.quorum) {
      const stageNumbers = [...new Set([...require, ...shadow].map((name) => named(name).stage))].toSorted(
        (a, b) => a - b,
      )
      const ofStage = (names: readonly string[], stage: number): CheckerEntry[] =>
        names.map(named).filter((checker) => checker.stage === stage)
      const stages = stageNumbers.map((stage) => ({ require: ofStage(require, stage), shadow: ofStage(shadow, stage) }))
      for (const caller of callers) {
        for (const kind of kinds) {
          entries.set(keyOf(caller, kind), {
            kind,
            require,
            acceptUnbound: accept_unbound,
            stages,
            ignoresInsteadOfRejecting: instead_of_reject === 'ignore',
          })
        }
      }
    }
    this.#entries = entries
  }

  find(caller: string, kind: Kind | 'unknown'): Quorum | undefined {
    return kind === 'unknown' ? undefined : this.#entries.get(keyOf(caller, kind))
  }
}
