import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { substituteVariables } from './promql.ts'

export interface WrittenQuery {
  /** File and panel or rule. */
  readonly where: string
  /** With Grafana's variables replaced. */
  readonly expr: string
  /** Labels that are shown of its result. */
  readonly shown: readonly string[]
  /** What a recording rule calls its result. */
  readonly record?: string
}

const ROOT = join(import.meta.dirname, '../..')
const SHOWN = /\{\{\s*(\w+)\s*\}\}|\$labels\.(\w+)/g

const shownIn = (...texts: readonly string[]): string[] =>
  texts.flatMap((text) => [...text.matchAll(SHOWN)].map(([, inLegend, inRule]) => inLegend ?? inRule ?? ''))

const Dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string().default('') })).default([]),
    }),
  ),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().default('') })),
  }),
  annotations: z.object({
    list: z.array(z.object({ name: z.string(), expr: z.string(), titleFormat: z.string().default('') })),
  }),
})

/** Every query that a committed dashboard asks: of its panels, its annotations and its variables. */
export async function dashboardQueries(): Promise<readonly WrittenQuery[]> {
  const queries: WrittenQuery[] = []
  for await (const file of glob('deploy/**/dashboards/*.json', { cwd: ROOT })) {
    const { panels, annotations, templating } = Dashboard.parse(JSON.parse(await readFile(join(ROOT, file), 'utf8')))
    const add = (what: string, expr: string, ...texts: readonly string[]): void => {
      queries.push({ where: `${file}: ${what}`, expr: substituteVariables(expr), shown: shownIn(...texts) })
    }
    for (const { title, targets } of panels)
      for (const { expr, legendFormat } of targets) add(title, expr, legendFormat)
    for (const { name, expr, titleFormat } of annotations.list) add(name, expr, titleFormat)
    for (const { name, definition } of templating.list.filter(({ type }) => type === 'query')) {
      const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? []
      if (series === undefined || label === undefined) throw new Error(`${file}: ${name} is no label_values()`)
      add(name, series, `{{${label}}}`)
    }
  }
  return queries
}

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          record: z.string().optional(),
          alert: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).default({}),
          annotations: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
})

/** Every recording and alert rule under deploy/. */
export const ruleQueries = async (): Promise<readonly WrittenQuery[]> =>
  (await writtenRules()).map(({ file, alert, record, expr, labels, annotations }) => ({
    where: `${file}: ${alert ?? record ?? 'a rule without a name'}`,
    expr,
    shown: shownIn(...Object.values(labels), ...Object.values(annotations)),
    ...(record !== undefined && { record }),
  }))

export const alertNames = async (): Promise<readonly string[]> =>
  (await writtenRules()).flatMap(({ alert }) => (alert === undefined ? [] : [alert]))

type Rule = z.infer<typeof Rules>['groups'][number]['rules'][number]

async function writtenRules(): Promise<readonly (Rule & { readonly file: string })[]> {
  const rules: (Rule & { readonly file: string })[] = []
  for await (const file of glob('deploy/**/{alerts,recording}.yaml', { cwd: ROOT })) {
    const { groups } = Rules.parse(parse(await readFile(join(ROOT, file), 'utf8')))
    rules.push(...groups.flatMap(({ rules: found }) => found).map((rule) => ({ file, ...rule })))
  }
  return rules
}
