import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, expect, test } from 'vitest'
import { dashboardFiles } from '../src/dashboard-files.ts'
import { pages } from '../src/pages.ts'
import { panelQueries } from '../src/panel-queries.ts'

const ROOT = join(import.meta.dirname, '../../..')
const GRID_COLUMNS = 24

test.each([...dashboardFiles()])('%s is what the code makes', async (file, text) => {
  const committed = await readFile(join(ROOT, file), 'utf8')
  expect(committed === text, `${file} differs from its source: run "npm run dashboards" and commit the result`).toBe(
    true,
  )
})

test('names and addresses are unique, and an id of Grafana is in none', () => {
  const uids = pages().map(({ uid }) => uid)
  expect(new Set(uids).size).toBe(uids.length)
  expect(new Set(pages().map(({ title }) => title)).size).toBe(uids.length)
  for (const text of dashboardFiles().values()) expect(JSON.parse(text)).not.toHaveProperty('id')
})

describe.each([...dashboardFiles()])('%s', (_file, text) => {
  const dashboard = JSON.parse(text) as Dashboard
  const all: readonly (Panel | RowPanel)[] = dashboard.panels ?? []
  const panels = all.filter((panel): panel is Panel => panel.type !== 'row')

  test('is a dashboard for six hours, in UTC, asked anew every 30 s, that nobody edits in place', () => {
    expect(dashboard).toMatchObject({
      schemaVersion: 42,
      timezone: 'utc',
      refresh: '30s',
      time: { from: 'now-6h', to: 'now' },
      editable: false,
    })
    expect(dashboard.uid).toMatch(/^cq-[a-z-]+$/)
  })

  test('has the variables that every dashboard has, in the same order', () => {
    expect(dashboard.templating.list?.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['service', 'query'],
      ['instance', 'query'],
      ['runbooks', 'textbox'],
    ])
  })

  test('marks freezes, configurations and restarts', () => {
    expect(dashboard.annotations.list?.map(({ name }) => name)).toEqual([
      'Frozen or thawed',
      'Configuration',
      'Restart',
    ])
  })

  test('links to every other dashboard', () => {
    const others = pages()
      .map(({ uid }) => uid)
      .filter((uid) => uid !== dashboard.uid)
    expect(dashboard.links?.map(({ url }) => /^\/d\/([a-z-]+)\?/.exec(url ?? '')?.[1]).sort()).toEqual(others.sort())
  })

  test('gives each panel an id of its own', () => {
    const ids = all.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => id !== undefined && id > 0)).toBe(true)
  })

  test('places no panel on another one or beyond the grid', () => {
    const taken = new Map<string, string>()
    for (const { title = '', gridPos } of all) {
      const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 }
      expect([title, w > 0, h > 0, x >= 0, y >= 0, x + w <= GRID_COLUMNS]).toEqual([
        title,
        true,
        true,
        true,
        true,
        true,
      ])
      for (let column = x; column < x + w; column += 1)
        for (let row = y; row < y + h; row += 1) {
          const place = `${column}:${row}`
          expect(taken.get(place), `${title} lies on another panel`).toBeUndefined()
          taken.set(place, title)
        }
    }
  })

  test('fills each line of the grid to its end', () => {
    const widths = new Map<number, number>()
    for (const { gridPos } of all) widths.set(gridPos?.y ?? 0, (widths.get(gridPos?.y ?? 0) ?? 0) + (gridPos?.w ?? 0))
    expect([...widths].filter(([, width]) => width !== GRID_COLUMNS)).toEqual([])
  })

  test('says of each panel what good looks like and what to do otherwise, in its unit', () => {
    for (const { type, title, description, fieldConfig } of panels) {
      expect(description, title).toMatch(
        /^.{10,}\.\n\n\*\*If not:\*\* .{10,}\.(\n\n\*\*Empty on most days:\*\* .{10,}\.)?$/s,
      )
      const hasNumbers = type !== 'state-timeline' && type !== 'heatmap' && fieldConfig?.defaults.mappings === undefined
      if (hasNumbers) expect(fieldConfig?.defaults.unit, title).toBeTruthy()
    }
  })

  test('asks the data source that the reader chose, by queries with a name each', () => {
    for (const { title, datasource, targets = [] } of panels) {
      expect(datasource, title).toEqual({ type: 'prometheus', uid: '${datasource}' })
      expect(targets.length, title).toBeGreaterThan(0)
      const asked = targets as readonly { readonly refId?: string; readonly expr?: string }[]
      expect(new Set(asked.map(({ refId }) => refId)).size, title).toBe(asked.length)
      expect(
        asked.every(({ expr = '', refId = '' }) => expr !== '' && /^[A-Z]$/.test(refId)),
        title,
      ).toBe(true)
    }
  })

  test('colours outcomes alike everywhere', () => {
    for (const { title, fieldConfig } of panels.filter(({ type }) => type === 'timeseries'))
      expect(
        fieldConfig?.overrides.map(({ matcher, properties }): unknown[] => [matcher.options, properties[0]?.value]),
        title,
      ).toEqual([
        ['/\\bapproved\\b/', { mode: 'fixed', fixedColor: 'green' }],
        ['/\\brejected\\b/', { mode: 'fixed', fixedColor: 'orange' }],
        ['/\\bfailed\\b/', { mode: 'fixed', fixedColor: 'red' }],
      ])
  })

  test('shows exemplars where a latency is shown', () => {
    const latencies = panels.filter(({ targets = [] }) => JSON.stringify(targets).includes('_seconds_bucket'))
    for (const { title, targets = [] } of latencies) expect(JSON.stringify(targets), title).toContain('"exemplar":true')
  })
})

test('every query that is given away stands in a committed dashboard, and every silent one says why', () => {
  const texts = new Map([...dashboardFiles().values()].map((text) => [(JSON.parse(text) as Dashboard).uid, text]))
  for (const { dashboard, panel, expr, isSilent } of panelQueries()) {
    expect(texts.get(dashboard)).toContain(JSON.stringify(expr))
    expect(texts.get(dashboard)).toContain(JSON.stringify(panel))
    if (isSilent !== undefined) expect(isSilent).toMatch(/^it has (no )?data .{20,}/)
  }
})
