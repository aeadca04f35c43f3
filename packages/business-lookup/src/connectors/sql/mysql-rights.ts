const READING: ReadonlySet<string> = new Set(['SELECT', 'USAGE', 'SHOW VIEW'])
/** Names in backticks and accounts in quotes, which may hold anything. */
const QUOTED = /`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'/g
const GRANT = /^GRANT (.+) ON ((?:TABLE |FUNCTION |PROCEDURE |PACKAGE |PACKAGE BODY )?\S+) TO (.+)$/

/**
 * What the lines of SHOW GRANTS allow beyond SELECT, USAGE and SHOW VIEW, in a few words each. They list every level, from global to columns,
 * and what PUBLIC has (MariaDB 10.11). A role, a proxy, a right to grant and everything that is not understood count as more. A line may hold
 * the hash of a password and is never repeated.
 */
export function mysqlRightsToWrite(lines: readonly string[]): readonly string[] {
  // Nothing at all would be an answer that was not understood.
  if (lines.length === 0) return ['has grants that the server does not show']
  return lines.flatMap((line) => {
    const names: string[] = []
    const masked = line.replace(QUOTED, (name) => `\`${String(names.push(name) - 1)}\``)
    const shown = (text: string): string => text.replace(/`(\d+)`/g, (_, index: string) => names[Number(index)] ?? '')
    if (/^SET DEFAULT ROLE /.test(masked)) return []
    const [, rights, place = '', rest = ''] = GRANT.exec(masked) ?? []
    if (rights === undefined)
      return ['has a role or a grant that is not one of SELECT; grant it what it reads by itself']
    const more = rights
      .replace(/ ?\([^()]*\)/g, '')
      .split(',')
      .map((right) => right.trim())
      .filter((right) => !READING.has(right))
    if (/ WITH .*GRANT OPTION/.test(rest)) more.push('GRANT OPTION')
    return more.map((right) => `may ${right} on ${shown(place)}`)
  })
}
