import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alertNames } from './written-queries.ts'

const ROOT = join(import.meta.dirname, '../..')

test('every panel that links to the runbook links to the section of an alert there is', async () => {
  const sections = new Set((await alertNames()).map((name) => name.toLowerCase()))
  const links: string[] = []
  for await (const file of glob('deploy/**/dashboards/*.json', { cwd: ROOT })) {
    const text = await readFile(join(ROOT, file), 'utf8')
    links.push(...[...text.matchAll(/runbook\.md#([\w-]+)/g)].map(([, section = '']) => section))
  }
  expect(links.length).toBeGreaterThan(50)
  expect([...new Set(links)].filter((section) => !sections.has(section))).toEqual([])
})
