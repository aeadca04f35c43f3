import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'

/** What is said of a panel. Both sentences end without a full stop. */
export interface PanelText {
  readonly title: string
  /** What it shows, and what good looks like. */
  readonly good: string
  /** What to do when it does not look like that. */
  readonly otherwise: string
  /** Alerts whose sections of docs/runbook.md say how. */
  readonly runbook?: readonly string[]
  /** Why it has no data on most days; absent: it has data whenever there is traffic. */
  readonly silent?: string
}

export interface Query {
  readonly expr: string
  /** What the series is called; `{{label}}` stands for a label. */
  readonly legend: string
}

/** One panel before it has an id and a place. */
export interface MadePanel {
  readonly text: PanelText
  readonly queries: readonly Query[]
  /** Grafana's grid has 24 columns; absent: an equal share of its line. */
  readonly columns?: number
  readonly height: number
  readonly panel: Panel
}
