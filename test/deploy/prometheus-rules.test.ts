import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { alertsIn, RULE_FOLDERS, rulesOf, testedIn, testFilesIn } from './rule-files.ts'

const ROOT = join(import.meta.dirname, '../..')
const PROMETHEUS = join(ROOT, 'deploy/prometheus')
const TEAMS = ['custody', 'limits', 'sanctions', 'business-lookup', 'integrity']
/** For what may be about any service: the team of its target. */
const TEAM_OF_TARGET = '{{ or $labels.team "custody" }}'
/** Situations that last three days take some seconds of one processor. */
const PROMTOOL_MS_MAX = 240_000

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined
const hasPromtool = has('promtool')
const hasAmtool = has('amtool')
if (!hasPromtool || !hasAmtool)
  console.warn('rules are not run: promtool or amtool is missing (Debian: prometheus, prometheus-alertmanager)')

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, [...args], { timeout: PROMTOOL_MS_MAX })
  return stdout + stderr
}

describe.runIf(hasPromtool)('with promtool', () => {
  test('the configuration of Prometheus is valid and reaches every rule file', async () => {
    const said = await run('promtool', 'check', 'config', join(PROMETHEUS, 'prometheus.yaml'))
    const { rule_files: reached } = parse(readFileSync(join(PROMETHEUS, 'prometheus.yaml'), 'utf8')) as {
      rule_files: string[]
    }
    const expected = [...RULE_FOLDERS.map((folder) => join(folder, 'alerts.yaml')), join(PROMETHEUS, 'recording.yaml')]
    expect(reached.map((path) => join(PROMETHEUS, path)).sort()).toEqual(expected.sort())
    expect(said).toContain(`SUCCESS: ${String(expected.length)} rule files found`)
  })

  const ruleFiles = [...RULE_FOLDERS.map((folder) => join(folder, 'alerts.yaml')), join(PROMETHEUS, 'recording.yaml')]
  test.each(ruleFiles.map((path) => relative(ROOT, path)))('%s has nothing that the linter minds', async (path) => {
    expect(await run('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', join(ROOT, path))).toContain('SUCCESS')
  })

  const testFiles = RULE_FOLDERS.flatMap(testFilesIn).map((path) => relative(ROOT, path))
  test.each(testFiles)(
    'the situations of %s make their alerts fire, and just below them none does',
    async (path) => {
      expect(await run('promtool', 'test', 'rules', join(ROOT, path))).toContain('SUCCESS')
    },
    PROMTOOL_MS_MAX,
  )
})

test.runIf(hasAmtool)('the configuration of Alertmanager is valid and inhibits alerts that exist', async () => {
  expect(await run('amtool', 'check-config', join(PROMETHEUS, 'alertmanager.yaml'))).toContain('SUCCESS')
})

const ALERTS = RULE_FOLDERS.flatMap((folder) => alertsIn(folder).map((alert) => ({ folder, ...alert })))

test('inhibitions name alerts that exist, and one that lacks the label it goes by cannot silence another', () => {
  const { inhibit_rules: rules } = parse(readFileSync(join(PROMETHEUS, 'alertmanager.yaml'), 'utf8')) as {
    inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[]
  }
  const names = ALERTS.map(({ alert }) => alert)
  for (const { source_matchers: sources, target_matchers: targets, equal } of rules) {
    for (const matcher of [sources[0], targets[0]]) {
      const pattern = /^alertname=~?"(.+)"$/.exec(matcher ?? '')?.[1] ?? ''
      for (const alternative of pattern.split('|'))
        expect(names.filter((name) => new RegExp(`^(?:${alternative})$`).test(name))).not.toEqual([])
    }
    // Only of a service that was never seen is the name not known; two alerts without a label are equal to Alertmanager.
    if (sources[0]?.includes('ServiceDown') === true) expect(sources).toContain('service=~".+"')
    expect(equal).not.toEqual([])
  }
})

test.each(ALERTS)('$alert says how urgent it is, whose, what happens, and where to read on', (alert) => {
  const { severity, team } = alert.labels ?? {}
  expect(alert.alert).toMatch(/^([A-Z][a-z]+)+$/)
  expect(['page', 'ticket']).toContain(severity)
  expect([...TEAMS, TEAM_OF_TARGET]).toContain(team)
  expect(Object.keys(alert.annotations ?? {}).sort()).toEqual(['description', 'runbook_url', 'summary'])
  expect(alert.annotations?.summary?.length).toBeGreaterThan(10)
  expect(alert.annotations?.description?.length).toBeGreaterThan(40)
  expect(alert.annotations?.runbook_url).toBe(`{{ $externalLabels.runbooks }}/runbook.md#${alert.alert.toLowerCase()}`)
})

test('an alert in the folder of a checker belongs to the team of that checker', () => {
  for (const { folder, alert, labels } of ALERTS)
    if (folder.includes('checkers')) expect([alert, labels?.team]).toEqual([alert, basename(folder)])
})

test('every alert has a situation in which it fires and one in which it is silent', () => {
  const untested = RULE_FOLDERS.flatMap((folder) => {
    const { fires, silent } = testedIn(folder)
    return alertsIn(folder)
      .map(({ alert }) => alert)
      .filter((name) => !fires.has(name) || !silent.has(name))
  })
  expect(untested).toEqual([])
})

test('every recorded series is tested with figures', () => {
  const { expressions } = testedIn(PROMETHEUS)
  const recorded = rulesOf(join(PROMETHEUS, 'recording.yaml')).flatMap((rule) =>
    'record' in rule ? [rule.record] : [],
  )
  expect(recorded.filter((name) => !expressions.some((text) => text.includes(name)))).toEqual([])
})

test('no name is given twice', () => {
  const names = ALERTS.map(({ alert }) => alert)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('no rule depends on how a team names its service', () => {
  for (const { alert, expr } of ALERTS) expect([alert, expr]).toEqual([alert, expect.not.stringMatching(/service\s*=/)])
})
