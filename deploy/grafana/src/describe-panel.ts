import type { DashboardLink, DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard'
import { DATASOURCE } from './datasource.ts'
import type { PanelText } from './panel.ts'
import { runbookLink } from './runbook.ts'

interface Describable {
  title(title: string): this
  description(description: string): this
  datasource(datasource: DataSourceRef): this
  links(links: { build(): DashboardLink }[]): this
}

/** What every kind of panel has: its words, its links to the runbook, and the data source that the reader chose. */
export function describePanel<Builder extends Describable>(builder: Builder, text: PanelText): Builder {
  const paragraphs = [
    `${text.good}.`,
    `**If not:** ${text.otherwise}.`,
    ...(text.silent === undefined ? [] : [`**Empty on most days:** ${text.silent}.`]),
  ]
  return builder
    .title(text.title)
    .description(paragraphs.join('\n\n'))
    .datasource(DATASOURCE)
    .links((text.runbook ?? []).map(runbookLink))
}
