import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const DEPLOY = join(import.meta.dirname, '../../deploy')

/** Where rules lie: what holds for all, then each owner's own folder. */
export const RULE_FOLDERS: readonly string[] = [
  'prometheus',
  'gateway',
  ...readdirSync(join(DEPLOY, 'checkers'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `checkers/${name}`),
].map((folder) => join(DEPLOY, folder))

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface Recording {
  readonly record: string
  readonly expr: string
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (Alert | Recording)[] }[]
}

interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[]
    readonly promql_expr_test?: readonly { readonly expr: string }[]
  }[]
}

/** Every rule of one file below deploy/. */
export const rulesOf = (path: string): readonly (Alert | Recording)[] =>
  (parse(readFileSync(path, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules)

export const alertsIn = (folder: string): readonly Alert[] =>
  rulesOf(join(folder, 'alerts.yaml')).filter((rule) => 'alert' in rule)

/** The files of a folder that promtool runs. */
export const testFilesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.yaml'))
    .map((name) => join(folder, name))

/** Which alerts the tests of a folder expect to fire and which to be silent, and what expressions they evaluate. */
export function testedIn(folder: string): { fires: Set<string>; silent: Set<string>; expressions: readonly string[] } {
  const tests = testFilesIn(folder).flatMap((path) => (parse(readFileSync(path, 'utf8')) as TestFile).tests)
  const cases = tests.flatMap((one) => one.alert_rule_test ?? [])
  const named = (isFiring: boolean): Set<string> =>
    new Set(cases.filter((one) => one.exp_alerts.length > 0 === isFiring).map(({ alertname }) => alertname))
  return {
    fires: named(true),
    silent: named(false),
    expressions: tests.flatMap((one) => one.promql_expr_test ?? []).map(({ expr }) => expr),
  }
}
