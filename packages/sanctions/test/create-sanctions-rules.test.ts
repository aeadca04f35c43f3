import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { loadAddressBook } from '@callback-quorum/checker-kit'
import { createLogger, createTestDatabase, type TestDatabase } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { sanctionsConfigShape } from '../src/config.ts'
import { createSanctionsRules, type SanctionsRules } from '../src/create-sanctions-rules.ts'
import { STARTER_LIST } from '../src/starter-list.ts'
import { sha256 } from './advanced-xml.ts'
import { chainOf, codesOf, judge, NOW, paymentTo } from './asking.ts'
import { MIGRATIONS } from './migrations.ts'
import { z } from 'zod'

const schema = z.strictObject({
  profile: z.enum(['development', 'single-host', 'production']),
  ...sanctionsConfigShape,
})
type Config = z.output<typeof schema>

const configOf = (lists: readonly object[], profile: Config['profile'] = 'development', more: object = {}): Config =>
  schema.parse({ profile, lists, ...more })
const FILE = { source: 'ofac-sdn', file: 'lists/sdn_advanced.xml.gz' }

describe('the rules on the starter list', () => {
  const registry = new Registry()
  const made: SanctionsRules[] = []
  let testDatabase: TestDatabase
  beforeEach(async () => {
    testDatabase = await createTestDatabase(inject('postgresUrl'), MIGRATIONS, { clock: 'fixed' })
    await testDatabase.setClock(NOW.getTime())
  })
  afterEach(async () => {
    await Promise.all(made.splice(0).map((rules) => rules.stop()))
    await testDatabase.drop()
  })

  async function create(config: Config): Promise<SanctionsRules> {
    registry.clear()
    const log = createLogger({ name: 'test', level: 'silent' })
    const database = await testDatabase.open()
    const assets = createAssetRegistry(STARTER_ASSETS)
    const addresses = await loadAddressBook(undefined, assets)
    const rules = await createSanctionsRules({
      config,
      directory: '/nowhere',
      database,
      assets,
      addresses,
      clock: { nowMs: () => NOW.getTime() },
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
