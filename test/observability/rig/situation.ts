import type { Observed } from './observe.ts'
import type { Labels } from './prometheus-client.ts'
import type { RunningPrometheus } from './start-prometheus.ts'

/** What was made: labels that the alert must carry, and whatever has to go on until it fires. */
export interface Made {
  readonly labels: Labels
  /** Done again and again until the alert fires, for instance one more wrong request. */
  readonly again?: () => Promise<unknown>
  /** Default: the one of the observation. */
  readonly prometheus?: Pick<RunningPrometheus, 'alerts' | 'query'>
}

/** Makes the situation that an alert is for, beside services that stay healthy. Side by side with all others of its file. */
export type Situation = (o: Observed) => Promise<Made>

/** Situations by the name of their alert. */
export type Situations = Readonly<Record<string, Situation>>

/** One scene that several alerts look at: made once for each observation. */
export function shared<T>(make: (o: Observed) => Promise<T>): (o: Observed) => Promise<T> {
  const made = new WeakMap<Observed, Promise<T>>()
  return (o) => {
    const known = made.get(o) ?? make(o)
    made.set(o, known)
    return known
  }
}
