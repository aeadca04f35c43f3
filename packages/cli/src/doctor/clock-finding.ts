import { findingsOf, type Finding } from './finding.ts'

/** A token or a verdict further off than this is refused (protocol, gateway). */
const SKEW_MS_MAX = 5_000
const SKEW_MS_WARN = 2_000
const { ok, failed, warning } = findingsOf('clock')

/** `skewMs`: own clock minus the other one. `slackMs`: how exactly it could be measured. */
export function clockFinding(other: string, skewMs: number, slackMs = 0): Finding {
  const off = Math.max(0, Math.abs(skewMs) - slackMs)
  const found = `this machine is ${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} ${other}`
  const fix = `Set both clocks by NTP (timedatectl set-ntp true, chronyc tracking), here and at ${other}`
  if (off > SKEW_MS_MAX) return failed(`${found}; expected less than ${SKEW_MS_MAX / 1_000} s`, fix)
  return off > SKEW_MS_WARN ? warning(`${found}; expected less than ${SKEW_MS_WARN / 1_000} s`, fix) : ok(found)
}
