import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { DEPLOY, ruleFilesOfDeploy } from './rig/deploy-files.ts'
import { parseRules } from './rig/shorten-rules.ts'
import type { Situations } from './rig/situation.ts'
import { AVAILABILITY } from './situations/availability.ts'
import { BUSINESS_LOOKUP_SITUATIONS } from './situations/business-lookup.ts'
import { EVERY_CHECKER } from './situations/every-checker.ts'
import { GATEWAY_SITUATIONS } from './situations/gateway.ts'
import { IDENTITIES } from './situations/identities.ts'
import { INTEGRITY_SITUATIONS } from './situations/integrity.ts'
import { LIMITS_SITUATIONS } from './situations/limits.ts'
import { RESOURCES } from './situations/resources.ts'
import { SANCTIONS_SITUATIONS } from './situations/sanctions.ts'

/** By the file that the alerts stand in. */
const SITUATIONS: Readonly<Record<string, Situations>> = {
  'prometheus/alerts.yaml': { ...AVAILABILITY, ...EVERY_CHECKER, ...IDENTITIES, ...RESOURCES },
  'gateway/alerts.yaml': GATEWAY_SITUATIONS,
  'checkers/limits/alerts.yaml': LIMITS_SITUATIONS,
  'checkers/sanctions/alerts.yaml': SANCTIONS_SITUATIONS,
  'checkers/business-lookup/alerts.yaml': BUSINESS_LOOKUP_SITUATIONS,
  'checkers/integrity/alerts.yaml': INTEGRITY_SITUATIONS,
}

/** Alerts that no test of bounded length can make fire, and why; promtool alone shows those. */
const NOT_LIVE: Readonly<Record<string, string>> = {}

test('every alert of every rule file has its situation, and every situation its alert', async () => {
  const alerts: Record<string, readonly string[]> = {}
  for (const path of ruleFilesOfDeploy()) {
    const { groups } = parseRules(await readFile(path, 'utf8'))
    const names = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []))
    if (names.length > 0) alerts[relative(DEPLOY, path)] = names.filter((name) => !Object.hasOwn(NOT_LIVE, name)).sort()
  }
  const situations = Object.entries(SITUATIONS).map(([file, made]) => [file, Object.keys(made).sort()] as const)
  expect(Object.fromEntries(situations)).toEqual(alerts)
})
