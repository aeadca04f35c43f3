import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type RowPanel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { annotations } from './annotations.ts'
import { linksTo } from './links.ts'
import type { MadePanel } from './panel.ts'
import { variables } from './variables.ts'

export interface Row {
  /** Absent on the first screen. */
  readonly title?: string
  /** Each inner list is one line across the screen. */
  readonly lines: readonly (readonly MadePanel[])[]
}

export interface Page {
  /** Where the JSON stands, from the root of the repository. */
  readonly file: string
  readonly uid: string
  readonly title: string
  readonly description: string
  /** A series that only the services have which this page is about: Grafana finds their names by it. With prefix. */
  readonly servicesBy: string
  readonly rows: readonly Row[]
}

const GRID_COLUMNS = 24

/** The dashboard of a page: same variables, annotations, links and times everywhere; ids and places by the order of its panels. */
export function buildPage(page: Page): Dashboard {
  const builder = new DashboardBuilder(page.title)
    .uid(page.uid)
    .description(page.description)
    .tags(['callback-quorum'])
    .timezone('utc')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables(page.servicesBy))
    .annotations(annotations())
    .links(linksTo(page.uid))
  const dashboard = builder.build()
  dashboard.panels = placed(page.rows)
  return dashboard
}

function placed(rows: readonly Row[]): NonNullable<Dashboard['panels']> {
  const panels: NonNullable<Dashboard['panels']> = []
  let y = 0
  const nextId = (): number => panels.length + 1
  for (const { title, lines } of rows) {
    if (title !== undefined) {
      panels.push(rowPanel(title, nextId(), y))
      y += 1
    }
    for (const line of lines) {
      let x = 0
      for (const { panel, columns = Math.floor(GRID_COLUMNS / line.length), height } of line) {
        panels.push({ ...panel, id: nextId(), gridPos: { x, y, w: columns, h: height } })
        x += columns
      }
      y += Math.max(...line.map(({ height }) => height))
    }
  }
  return panels
}

const rowPanel = (title: string, id: number, y: number): RowPanel =>
  new RowBuilder(title).id(id).gridPos({ x: 0, y, w: GRID_COLUMNS, h: 1 }).build()
