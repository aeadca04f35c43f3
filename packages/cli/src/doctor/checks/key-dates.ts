import type { Check } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { namedKeys } from '../key-files.ts'
import { orOk } from '../unread-blocks.ts'

/** A key is handed over between two teams; that takes days. */
const NEAR_MS = 30 * 86_400_000
const { ok, failed, warning } = findingsOf('key dates')

/** `not_after` of every role: one key at least goes on being accepted. */
export const keyDates: Check = {
  name: 'key dates',
  run: (context) => {
    const now = context.nowMs()
    const roles = Map.groupBy(namedKeys(context), ({ role }) => role)
    let dated = 0
    const findings = [...roles].flatMap(([role, files]): Finding[] => {
      const lasts = files.flatMap(({ notAfterMs }) => (notAfterMs === undefined ? [] : [notAfterMs]))
      dated += lasts.length
      const field = files[0]?.field ?? role
      // One that never ends is enough to go on with.
      if (lasts.length < files.length) return passedBeside(role, field, lasts, now)
      const last = Math.max(...lasts)
      if (last < now)
        return [
          failed(
            `${role} (${field}): its last key was accepted until ${day(last)}`,
            `Add the new key of ${role} to ${field}, or move not_after`,
          ),
        ]
      if (last - now < NEAR_MS)
        return [
          warning(
            `${role} (${field}): its last key is accepted until ${day(last)}`,
            `Add the next key of ${role} to ${field} before that day`,
          ),
        ]
      return passedBeside(role, field, lasts, now)
    })
    const well = ok(dated === 0 ? 'no key has a not_after' : `${dated} with a not_after, none near`)
    return Promise.resolve(orOk(findings, well, context, ['identity', 'callers', 'checkers']))
  },
}

function passedBeside(role: string, field: string, lasts: readonly number[], now: number): Finding[] {
  return lasts.some((last) => last < now)
    ? [
        warning(
          `${role} (${field}): a key is past its not_after and verifies nothing any more`,
          `Remove that entry from ${field}`,
        ),
      ]
    : []
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
