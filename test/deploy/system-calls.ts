import { execFileSync } from 'node:child_process'

/** The system calls that the lines SystemCallFilter= of a unit allow, by the groups of the systemd that is here. */
export function allowedSystemCalls(filters: readonly string[]): ReadonlySet<string> {
  const allowed = new Set<string>()
  for (const filter of filters) {
    const isDenied = filter.startsWith('~')
    for (const group of filter.replace('~', '').split(' '))
      for (const call of callsOf(group)) {
        if (isDenied) allowed.delete(call)
        else allowed.add(call)
      }
  }
  return allowed
}

function callsOf(group: string): readonly string[] {
  if (!group.startsWith('@')) return [group]
  const text = execFileSync('systemd-analyze', ['syscall-filter', '--no-pager', group], { encoding: 'utf8' })
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap(callsOf)
}

/** Which system calls were made, by what `strace -f` wrote. */
export function tracedSystemCalls(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\d+ +([a-z0-9_]+)\(/gm)].map(([, call = '']) => call))
}
