import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alertsIn, RULE_FOLDERS } from './rule-files.ts'

const RUNBOOK = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8')
const ALERTS = RULE_FOLDERS.flatMap((folder) => alertsIn(folder).map(({ alert }) => alert))

const headings = (level: number): readonly string[] =>
  [...RUNBOOK.matchAll(new RegExp(`^#{${String(level)}} (.+)$`, 'gm'))].map((match) => match[1] ?? '')
/** As the usual renderers make it: lower case, spaces to hyphens, punctuation gone. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')

test('each alert has its section and each of these sections its alert', () => {
  expect([...headings(3)].sort()).toEqual([...ALERTS].sort())
})

test('the section of each alert says what payments do, where to look, what to do, what not to do, and when it is over', () => {
  for (const section of RUNBOOK.split(/^### /m).slice(1)) {
    const [name = ''] = section.split('\n')
    const said = [...section.matchAll(/\*\*(For payments|Look|Do|Not|Over):\*\* \S/g)].map((match) => match[1])
    expect([name, ...said]).toEqual([name, 'For payments', 'Look', 'Do', 'Not', 'Over'])
  }
})

test('every link within the runbook leads somewhere', () => {
  const anchors = new Set([...headings(2), ...headings(3)].map(anchorOf))
  const links = [...RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] ?? '')
  expect(links.length).toBeGreaterThan(40)
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([])
})

test('every section that no alert has is reached from the first page', () => {
  const firstPage = RUNBOOK.split('## Without an alert')[0] ?? ''
  const sections = headings(2).filter(
    (heading) => !heading.startsWith('Alerts: ') && !['What happens if', 'Without an alert'].includes(heading),
  )
  expect(sections.length).toBeGreaterThan(5)
  expect(sections.filter((heading) => !firstPage.includes(`(#${anchorOf(heading)})`))).toEqual([])
})

test('every alert that a page of docs/ names is one', () => {
  const docs = join(import.meta.dirname, '../../docs')
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md'))
  const named = pages.flatMap((page) =>
    [...readFileSync(join(docs, page), 'utf8').matchAll(/`((?:[A-Z][a-z]+){2,})`/g)].map((match) => match[1] ?? ''),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((name) => !ALERTS.includes(name))).toEqual([])
})
