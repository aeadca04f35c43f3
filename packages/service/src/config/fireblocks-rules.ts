import { FIREBLOCKS_PATHS, type Dialect } from '@callback-quorum/protocol'
import type { CallerConfig, CommonConfig } from './common-config.ts'
import type { ListenAddress } from './listen-address.ts'
import type { ConfigPath, Problem } from './problem.ts'

/** What a Co-signer may be set to: 30 s to 1 h between tries, and 48 h in all (protocol/fireblocks.md 4). */
const SLEEP_SECONDS_MIN = 30
const SLEEP_SECONDS_MAX = 3_600
const RETRYING_HOURS_MAX = 48

/** Steps of the paths that are served already: below one of them, a request for an API user could be taken for another. */
const SERVED_STEPS: readonly string[] = ['v1', 'v2', 'ping', ...Object.values(FIREBLOCKS_PATHS['fireblocks-json'])].map(
  (step) => step.replace(/^\//, ''),
)

type Finding = Omit<Problem, 'path'> & { readonly at: ConfigPath }

/** What a caller of platform fireblocks must say, by itself and beside the others; `at` is seen from the caller. */
export function checkCosigner(config: CommonConfig, index: number, takesWraps: boolean): readonly Finding[] {
  const caller = config.callers[index]
  if (caller === undefined) return []
  const { dialects, event_pubkey_path: eventPath } = caller
  const own = dialects.filter((dialect) => dialect.startsWith('fireblocks-'))
  return [
    ...(eventPath === undefined ? [] : [unused('event_pubkey_path', 'platform fireblocks')]),
    ...(own.length < 2 ? [] : [{ at: ['dialects'], problem: 'has both', expected: 'one; a caller for each' }]),
    ...checkSigners(caller),
    ...checkRetries(caller),
    ...(dialects.includes('fireblocks-json') ? checkJson(config, caller, index, takesWraps) : checkJwt(caller)),
  ]
}

/** Whether a caller of `dialect` has a listener to ask; a wrap comes to one of fireblocks-jwt. */
export function isServed(config: CommonConfig, dialect: Dialect, takesWraps: boolean): boolean {
  const serving = dialect === 'fireblocks-json' && takesWraps ? [dialect, 'fireblocks-jwt'] : [dialect]
  return config.callback.some(({ dialects }) => dialects.some((served) => serving.includes(served)))
}

/** For a member that is written where it says nothing. */
export const unused = (member: keyof CallerConfig, where: string): Finding => ({
  at: [member],
  problem: `has no meaning for ${where}`,
  expected: 'it left out',
})

function checkSigners({ signer_ids: signers = {} }: CallerConfig): readonly Finding[] {
  const expected = 'at least one, as signer or approver'
  if (Object.keys(signers).length === 0) return [{ at: ['signer_ids'], problem: 'names no API user', expected }]
  return Object.entries(signers).flatMap(([id, { path }]) =>
    path.split('/').some((step) => SERVED_STEPS.includes(step))
      ? [{ at: ['signer_ids', id, 'path'], problem: 'is where something else is served', expected: 'another path' }]
      : [],
  )
}

function checkRetries({ sleep_seconds: sleep, retry_times: times }: CallerConfig): readonly Finding[] {
  const findings: Finding[] = []
  if (sleep < SLEEP_SECONDS_MIN || sleep > SLEEP_SECONDS_MAX) {
    const expected = `${SLEEP_SECONDS_MIN} to ${SLEEP_SECONDS_MAX}`
    findings.push({ at: ['sleep_seconds'], problem: 'is no interval of a Co-signer', expected })
  }
  if (sleep * times > RETRYING_HOURS_MAX * 3_600) {
    const expected = `at most ${RETRYING_HOURS_MAX} h of retry_times x sleep_seconds`
    findings.push({ at: ['retry_times'], problem: 'goes on for longer than a Co-signer does', expected })
  }
  return findings
}

function checkJwt({ listener }: CallerConfig): readonly Finding[] {
  return listener === undefined ? [] : [unused('listener', 'fireblocks-jwt')]
}

function checkJson(config: CommonConfig, caller: CallerConfig, index: number, takesWraps: boolean): readonly Finding[] {
  const { pubkey_path: keys } = caller
  return [
    ...(keys.length === 0 ? [] : [unused('pubkey_path', 'fireblocks-json, which is not signed')]),
    ...checkListener(config, caller),
    ...checkSharedSigners(config, caller, index, takesWraps),
  ]
}

/** A caller of bare JSON is known by the listener that it reaches. */
function checkListener(config: CommonConfig, { listener }: CallerConfig): readonly Finding[] {
  const asked = config.callback.filter(
    ({ dialects, listen }) =>
      dialects.includes('fireblocks-json') && (listener === undefined || isSame(listen, listener)),
  )
  const expected = 'the listen of the one that this caller asks'
  if (asked.length > 1) return [{ at: ['listener'], problem: 'leaves several of fireblocks-json open', expected }]
  if (asked.length === 1 || listener === undefined) return []
  return [{ at: ['listener'], problem: 'is no callback listener that serves fireblocks-json', expected }]
}

/** At its listener a caller of bare JSON is told by its API user alone; in a wrap, everywhere. */
function checkSharedSigners(
  config: CommonConfig,
  caller: CallerConfig,
  index: number,
  takesWraps: boolean,
): readonly Finding[] {
  return config.callers.slice(0, index).flatMap((other, earlier) => {
    if (!other.dialects.includes('fireblocks-json')) return []
    const { listener: a } = caller
    const { listener: b } = other
    const isApart = !takesWraps && a !== undefined && b !== undefined && !isSame(a, b)
    if (isApart) return []
    return Object.keys(caller.signer_ids ?? {})
      .filter((id) => Object.hasOwn(other.signer_ids ?? {}, id))
      .map((id) => ({ at: ['signer_ids', id], problem: `is an API user of callers[${earlier}] too`, expected: 'one' }))
  })
}

const isSame = (a: ListenAddress, b: ListenAddress): boolean => a.host === b.host && a.port === b.port
