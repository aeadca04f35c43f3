import { pages } from './pages.ts'

export interface PanelQuery {
  /** The uid of its dashboard. */
  readonly dashboard: string
  readonly panel: string
  /** With Grafana's variables in it: `$service`, `$instance`, `$__rate_interval`, `$__range`. */
  readonly expr: string
  /** Why this panel has no data on most days; absent: it must have some whenever there is traffic. */
  readonly isSilent?: string
}

/** Every query of every panel, for whoever runs them. */
export const panelQueries = (): readonly PanelQuery[] =>
  pages().flatMap(({ uid, rows }) =>
    rows
      .flatMap(({ lines }) => lines.flat())
      .flatMap(({ text, queries }) =>
        queries.map(({ expr }) => ({
          dashboard: uid,
          panel: text.title,
          expr,
          ...(text.silent !== undefined && { isSilent: text.silent }),
        })),
      ),
  )
