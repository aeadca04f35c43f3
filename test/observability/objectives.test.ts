import { BURN_PAGE_FAST, BURN_PAGE_SLOW, BURN_TICKET, OBJECTIVES } from '@callback-quorum/grafana'
import { expect, test } from 'vitest'
import { ruleQueries } from './written-queries.ts'

test.each(OBJECTIVES.map((objective) => [objective.title, objective] as const))(
  'the page of objectives and the alerts say the same of "%s"',
  async (_title, { records, objective, runbook }) => {
    const alerts = (await ruleQueries()).filter(({ where }) => runbook.some((name) => where.endsWith(`: ${name}`)))
    const said = alerts.map(({ expr }) => {
      const found = new RegExp(`${records}:ratio\\w+ > ([\\d.]+) \\* ([\\d.]+)\\n`).exec(expr)
      return { burn: Number(found?.[1]), allowed: Number(found?.[2]) }
    })
    expect(said.map(({ burn }) => burn)).toEqual([BURN_PAGE_FAST, BURN_PAGE_SLOW, BURN_TICKET])
    for (const { allowed } of said) expect(allowed).toBeCloseTo(1 - objective, 10)
  },
)
