import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogger, type Problem } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { checkSanctionsRules, sanctionsConfigShape } from '../src/config.ts'
import { createSanctionsRules, type SanctionsRules } from '../src/create-sanctions-rules.ts'
import { STARTER_LIST } from '../src/starter-list.ts'
import { sha256 } from './advanced-xml.ts'
import { chainOf, codesOf, judge, NOW, paymentTo } from './asking.ts'
import { z } from 'zod'

const schema = z.strictObject({
  profile: z.enum(['development', 'single-host', 'production']),
  ...sanctionsConfigShape,
})
type Config = z.output<typeof schema>

const configOf = (lists: readonly object[], profile: Config['profile'] = 'development', more: object = {}): Config =>
  schema.parse({ profile, lists, ...more })
const problemsOf = (config: Config): readonly string[] =>
  checkSanctionsRules(config).map(({ path, problem }: Problem) => `${path.join('.')} ${problem}`)

const FILE = { source: 'ofac-sdn', file: 'lists/sdn_advanced.xml.gz' }

describe('the configuration', () => {
  test('defaults to a day and to refusal', () => {
    expect(configOf([FILE])).toMatchObject({ same_key: 'reject', address_checksum: 'reject', lists: [FILE] })
    expect(problemsOf(configOf([{ ...FILE, max_age: '24h', sha256: 'a'.repeat(64) }], 'production'))).toEqual([])
  })

  const REFUSED: readonly (readonly [what: string, lists: readonly object[]])[] = [
    ['no list', []],
    ['an unknown source', [{ ...FILE, source: 'ofac' }]],
    ['an unknown member', [{ ...FILE, maxage: '1h' }]],
    ['a file of another kind', [{ ...FILE, file: 'sdn.csv' }]],
    ['a digest in capitals', [{ ...FILE, sha256: 'A'.repeat(64) }]],
    ['no age at all', [{ ...FILE, max_age: '0s' }]],
    ['an age of more than a week', [{ ...FILE, max_age: '169h' }]],
    ['a starter list that is no demo', [{ source: 'ofac-sdn', starter_list: true }]],
  ]
  test.each(REFUSED)('refuses %s', (_, lists) => {
    expect(schema.safeParse({ profile: 'development', lists }).success).toBe(false)
  })

  test('refuses a policy that is neither reject nor report', () => {
    for (const member of ['same_key', 'address_checksum'])
      expect(schema.safeParse({ profile: 'development', lists: [FILE], [member]: 'approve' }).success).toBe(false)
  })

  const STARTER = { source: 'ofac-sdn' }
  const RULES: readonly (readonly [what: string, config: Config, problems: readonly string[]])[] = [
    ['development without a file', configOf([STARTER]), []],
    [
      'single-host that asks for the demo list',
      configOf([{ ...STARTER, starter_list: 'demo', max_age: 'none' }], 'single-host'),
      [],
    ],
    ['single-host without a file', configOf([STARTER], 'single-host'), ['lists.0.file is missing']],
    ['production without a file', configOf([STARTER], 'production'), ['lists.0.file is missing']],
    [
      'production that asks for the demo list',
      configOf([{ ...STARTER, starter_list: 'demo' }], 'production'),
      ['lists.0.starter_list is not for profile production', 'lists.0.file is missing'],
    ],
    [
      'a delivered list without age',
      configOf([{ ...FILE, max_age: 'none' }], 'single-host'),
      ['lists.0.max_age is none for a delivered list'],
    ],
    [
      'a starter list with an age',
      configOf([{ ...STARTER, max_age: '24h' }]),
      ['lists.0.max_age has no meaning for the starter list, which does not age'],
    ],
    ['one source twice', configOf([FILE, FILE], 'production'), ['lists.1.source is already the source of lists[0]']],
  ]
  test.each(RULES)('%s', (_, config, problems) => {
    expect(problemsOf(config)).toEqual(problems)
  })
})

describe('the rules on the starter list', () => {
  const registry = new Registry()
  const made: SanctionsRules[] = []
  afterEach(() => Promise.all(made.splice(0).map((rules) => rules.stop())))

  async function create(config: Config, nowMs = NOW.getTime()): Promise<SanctionsRules> {
    registry.clear()
    const log = createLogger({ name: 'test', level: 'silent' })
    const rules = await createSanctionsRules({
      config,
      directory: '/nowhere',
      clock: { nowMs: () => nowMs },
      log,
      registry,
    })
    made.push(rules)
    return rules
  }

  test('are ready, name their data version, reject a listed address and approve a clean one', async () => {
    const { rules, ready, notReady, dataVersion } = await create(configOf([{ source: 'ofac-sdn' }]))
    expect([ready(), await notReady(), dataVersion()]).toEqual([
      true,
      [],
      `ofac-sdn@${STARTER_LIST.sha256.slice(0, 16)}`,
    ])
    const [rule] = rules
    if (rule === undefined) throw new Error('no rule')
    const eth = chainOf('evm', 'ETH')
    expect(codesOf(await judge(rule, paymentTo(eth, '0x098B716B8Aaf21512996dC57EB0615e2383E2f96')))).toEqual([
      'SANCTIONS_MATCH',
    ])
    expect(await judge(rule, paymentTo(eth, '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'))).toMatchObject({
      outcome: 'approve',
      evidence: { lists: [{ starter: true, checkedAt: null }] },
    })
  })

  test('tell their metrics without an address in any label', async () => {
    await create(configOf([{ source: 'ofac-sdn' }]))
    const text = await registry.metrics()
    expect(text).toContain('callback_quorum_sanctions_list_rows{source="ofac-sdn",code="XBT"} 519')
    expect(text).toContain('callback_quorum_sanctions_list_is_starter{source="ofac-sdn"} 1')
    expect(text).toContain('callback_quorum_sanctions_list_opaque_rows{source="ofac-sdn"} 1')
    expect(text).toContain('callback_quorum_sanctions_refresh_total{source="ofac-sdn",result="activated"} 1')
    expect([...text.matchAll(/="([^"]*)"/g)].every(([, label = '']) => label.length < 20)).toBe(true)
  })

  test('are not ready without a list, and do not approve', async () => {
    const { rules, ready, notReady, dataVersion } = await create(configOf([FILE]))
    expect([ready(), await notReady(), dataVersion()]).toEqual([
      false,
      ['no version of ofac-sdn is loaded'],
      'ofac-sdn@none',
    ])
    const [rule] = rules
    if (rule === undefined) throw new Error('no rule')
    expect(await judge(rule, paymentTo(chainOf('evm'), '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'))).toMatchObject({
      outcome: 'unable',
      code: 'LIST_UNAVAILABLE',
    })
  })

  test('refuse the starter list where the profile does, even if the configuration was never checked', async () => {
    const { ready } = await create({ ...configOf([{ source: 'ofac-sdn' }]), profile: 'production' })
    expect(ready()).toBe(false)
  })

  test('stand on a file that has the digest and date that this package says', async () => {
    expect(sha256(await readFile(STARTER_LIST.file))).toBe(STARTER_LIST.sha256)
    const readme = await readFile(join(STARTER_LIST.file, '..', 'README.md'), 'utf8')
    expect(readme).toContain(STARTER_LIST.sha256)
    expect(readme).toContain(STARTER_LIST.dateOfIssue)
  })
})
