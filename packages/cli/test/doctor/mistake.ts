import { expect, onTestFinished } from 'vitest'
import type { Mapping } from '../../src/constellation/yaml-files.ts'
import type { ServiceName } from '../../src/index.ts'
import type { HealthySet, SpoiltSet } from './healthy-set.ts'

export interface Mistake {
  /** What was done wrong, as a sentence. */
  readonly what: string
  readonly make: (set: SpoiltSet, healthy: HealthySet) => Promise<void>
  readonly service?: ServiceName
  readonly args?: readonly string[]
  readonly status?: 'warning' | 'failed'
  readonly check: string
  /** Names the thing. */
  readonly found: RegExp
  /** Names the remedy. */
  readonly fix: RegExp
  readonly exitCode?: number
  /** Does what the fix says; the check is then well. */
  readonly mend?: (set: SpoiltSet, healthy: HealthySet) => Promise<void>
}

/** Makes the mistake on a copy of the healthy set: doctor finds it under that name, says the remedy, and ends with that code. */
export async function expectFound(mistake: Mistake, healthy: HealthySet): Promise<void> {
  const { status = 'failed', check, args = ['--timeout', '4s'], service } = mistake
  const set = await healthy.copy()
  await mistake.make(set, healthy)
  const { exitCode, findings } = await set.doctor(args, service)
  const notWell = findings.filter((finding) => finding.status === 'failed' || finding.status === 'warning')
  expect(notWell).toContainEqual({
    status,
    check,
    found: expect.stringMatching(mistake.found) as string,
    fix: expect.stringMatching(mistake.fix) as string,
  })
  expect(exitCode).toBe(mistake.exitCode ?? (status === 'failed' ? 1 : 0))
  if (mistake.mend === undefined) return
  await mistake.mend(set, healthy)
  const mended = await set.doctor(args, service)
  const ofCheck = mended.findings.filter((finding) => finding.check === check)
  expect(ofCheck.filter((finding) => finding.status === 'failed' || finding.status === 'warning')).toEqual([])
}

/** Something that listens for the length of one test. */
export function untilTestEnds(close: () => unknown): void {
  onTestFinished(() => {
    close()
  })
}

/** Changes one entry of a list of the configuration. */
export const entryOf =
  (list: string, index: number, change: Mapping) =>
  (config: Mapping): Mapping => ({
    ...config,
    [list]: (config[list] as readonly Mapping[]).map((entry, at) => (at === index ? { ...entry, ...change } : entry)),
  })
