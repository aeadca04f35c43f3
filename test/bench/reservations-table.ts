import type { ReservationReport, Row } from './reservations.ts'

/** For people: what was measured, against what, and whether that is enough. */
export function reservationsTable({ cpu, cores, load, options, rows, missing }: ReservationReport): string {
  return [
    `${cpu}, ${cores} cores, Node ${process.version}; load of the machine ${load[0].toFixed(1)} at the begin, ${load[1].toFixed(1)} at the end`,
    `${options.connections} connections where nothing else is said, ${options.seconds} s for a figure, three rounds: medians`,
    ...(missing === undefined ? [] : [missing]),
    '',
    '| what | per second | p50 ms | p99 ms | ratio | target | met |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows.map(lineOf),
    '',
    ...rows.flatMap(({ what, of }) => (of === undefined ? [] : [`ratio of "${what}": to "${of}"`])),
    '',
  ].join('\n')
}

function lineOf({ what, perSecond, p50Ms, p99Ms, ratio, ratios = [], target = '', met }: Row): string {
  const range = [Math.min(...ratios), Math.max(...ratios)].map((end) => end.toFixed(2)).join(' to ')
  const cells = [
    what,
    perSecond.toFixed(0),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    ratio === undefined ? '' : `${ratio.toFixed(2)} (${range})`,
    target,
  ]
  return `| ${[...cells, met === undefined ? '' : met ? 'yes' : 'no'].join(' | ')} |`
}
