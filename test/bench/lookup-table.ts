import type { LookupReport, LookupRow } from './lookup.ts'

/** For people: checks, and what the connector's own call costs beside them. */
export function lookupTable({ cpu, cores, load, rows, skipped }: LookupReport): string {
  return [
    `${cpu}, ${String(cores)} cores, Node ${process.version}; load of the machine ${load[0].toFixed(1)} at the begin, ${load[1].toFixed(1)} at the end`,
    '',
    '| connector | at a time | checks/s | p50 ms | p99 ms | its bare call: calls/s | p50 ms | p99 ms | a check in bare calls (p50) |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(lineOf),
    ...skipped.map((why) => `\nNot measured: ${why}`),
    '',
    'A check is an HTTP request to a checker in a process of its own: token verified, described, looked up, compared, claimed and recorded in its database, verdict signed. The bare call is the same question',
    'to the same server by the library alone (undici, pg, mysql2; for the inbox the select of its row), from the process that makes the load.',
    '',
  ].join('\n')
}

function lineOf({ connector, atATime, checks, raw }: LookupRow): string {
  const figures = [
    String(atATime),
    checks.perSecond.toFixed(0),
    checks.p50Ms.toFixed(1),
    checks.p99Ms.toFixed(1),
    raw.perSecond.toFixed(0),
    raw.p50Ms.toFixed(2),
    raw.p99Ms.toFixed(2),
    (checks.p50Ms / raw.p50Ms).toFixed(1),
  ]
  return `| ${[connector, ...figures].join(' | ')} |`
}
