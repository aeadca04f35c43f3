import pc from 'picocolors'
import type { Host, Output } from './host.ts'

export type Colours = ReturnType<typeof pc.createColors>

/** Colours for a terminal, unless NO_COLOR says no (no-color.org: present and not empty); plain text for everything else. */
export function coloursFor(output: Output, env: Host['env']): Colours {
  const isWanted = output.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  return pc.createColors(isWanted)
}
