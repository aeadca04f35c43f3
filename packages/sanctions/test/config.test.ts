import type { Problem } from '@callback-quorum/service'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkSanctionsRules, maxAgeOf, sanctionsConfigShape } from '../src/config.ts'
import { formatOptionsOf, gateLimitsOf, refreshMsOf } from '../src/list-entry.ts'

const schema = z.strictObject({
  profile: z.enum(['development', 'single-host', 'production']),
  ...sanctionsConfigShape,
})
type Config = z.output<typeof schema>

const configOf = (lists: readonly object[], profile: Config['profile'] = 'development'): Config =>
  schema.parse({ profile, lists })
const problemsOf = (config: Config): readonly string[] =>
  checkSanctionsRules(config).map(({ path, problem }: Problem) => `${path.join('.')} ${problem}`)
const refusedAt = (list: object): readonly string[] => {
  const { error } = schema.safeParse({ profile: 'development', lists: [list] })
  return (error?.issues ?? []).map(({ path }) => path.slice(2).join('.'))
}

const FILE = { source: 'ofac-sdn', file: 'lists/sdn_advanced.xml.gz' }
const HTTPS = { source: 'ofac-sdn', url: 'https://lists.example.com/sdn.xml' }
const STARTER = { source: 'ofac-sdn' }

describe('a list', () => {
  test('defaults to a day, to refusal, to the gates of the specification and to acknowledged delistings', () => {
    const config = configOf([FILE])
    expect(config).toMatchObject({ same_key: 'reject', address_checksum: 'reject', lists: [FILE] })
    const [entry] = config.lists
    if (entry === undefined) throw new Error('no list')
    expect([entry.delisting_hold, entry.report_only_list_ids, maxAgeOf(entry), refreshMsOf(entry)]).toEqual([
      'ack',
      [],
      24 * 3_600_000,
      45 * 60_000,
    ])
    expect(formatOptionsOf(entry)).toEqual({ format: 'ofac-advanced' })
    expect(gateLimitsOf(entry)).toEqual({
      rowsMin: 500,
      shrinkPercent: 15,
      codeShrinkPercent: 30,
      codeShrinkRows: 5,
      growthPercent: 100,
    })
    expect(problemsOf(configOf([{ ...FILE, max_age: '24h', sha256: 'a'.repeat(64) }], 'production'))).toEqual([])
  })

  test('can say everything about itself', () => {
    const own = {
      source: 'own-list',
      format: 'plain',
      url: 'https://lists.example.com/own.csv',
      redirect_hosts: ['*.example.com', 'cdn.example.org'],
      ca: 'tls/ca.pem',
      token_file: 'lists/token',
      refresh: '30m',
      max_age: '12h',
      delisting_hold: 'none',
      report_only_list_ids: ['91507'],
      columns: { address: 3, party: 1, until: 4 },
      delimiter: ';',
      header: true,
      gates: { rows_min: 10, shrink_percent: 5, cross_check: { source: 'ofac-sdn' } },
    }
    const config = configOf([own, HTTPS], 'production')
    expect(problemsOf(config)).toEqual([])
    const [entry] = config.lists
    if (entry === undefined) throw new Error('no list')
    expect(formatOptionsOf(entry)).toEqual({
      format: 'plain',
      columns: { address: 3, party: 1, until: 4 },
      delimiter: ';',
      header: true,
    })
    expect(gateLimitsOf(entry)).toMatchObject({ rowsMin: 10, shrinkPercent: 5, growthPercent: 100 })
    expect(entry.gates.cross_check).toEqual({ source: 'ofac-sdn', extras_percent: 20 })
  })

  const REFUSED: readonly (readonly [what: string, list: object, member: string])[] = [
    ['an unknown member', { ...FILE, maxage: '1h' }, ''],
    ['a name that is no label', { ...FILE, source: 'OFAC SDN' }, 'source'],
    ['a format that nobody reads', { ...FILE, format: 'sdn-csv' }, 'format'],
    ['a digest in capitals', { ...FILE, sha256: 'A'.repeat(64) }, 'sha256'],
    ['no age at all', { ...FILE, max_age: '0s' }, 'max_age'],
    ['an age of more than a week', { ...FILE, max_age: '169h' }, 'max_age'],
    ['a starter list that is no demo', { source: 'ofac-sdn', starter_list: true }, 'starter_list'],
    ['a URL without TLS', { ...HTTPS, url: 'http://lists.example.com/x' }, 'url'],
    ['a redirect to half of the world', { ...HTTPS, redirect_hosts: ['*.com'] }, 'redirect_hosts.0'],
    ['asking every second', { ...HTTPS, refresh: '1s' }, 'refresh'],
    ['a hold that is neither', { ...FILE, delisting_hold: 'maybe' }, 'delisting_hold'],
    ['list ids that are numbers', { ...FILE, report_only_list_ids: [91507] }, 'report_only_list_ids.0'],
    ['columns without the address', { ...FILE, columns: { party: 1 } }, 'columns.address'],
    ['a column before the first', { ...FILE, columns: { address: 0 } }, 'columns.address'],
    ['a share below nothing', { ...FILE, gates: { shrink_percent: -1 } }, 'gates.shrink_percent'],
    ['a floor below nothing', { ...FILE, gates: { rows_min: -1 } }, 'gates.rows_min'],
    ['a gate that does not exist', { ...FILE, gates: { shrink: 3 } }, 'gates'],
  ]
  test.each(REFUSED)('refuses %s and names the member', (_, list, member) => {
    expect(refusedAt(list)).toEqual([member])
  })

  test('is needed', () => {
    expect(schema.safeParse({ profile: 'development', lists: [] }).success).toBe(false)
    for (const member of ['same_key', 'address_checksum'])
      expect(schema.safeParse({ profile: 'development', lists: [FILE], [member]: 'maybe' }).success).toBe(false)
  })
})

describe('members that must agree', () => {
  const CASES: readonly (readonly [what: string, config: Config, problems: readonly string[]])[] = [
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
      'a fetched list without age',
      configOf([{ ...HTTPS, max_age: 'none' }]),
      ['lists.0.max_age is none for a delivered list'],
    ],
    [
      'a starter list with an age',
      configOf([{ ...STARTER, max_age: '24h' }]),
      ['lists.0.max_age has no meaning for the starter list, which does not age'],
    ],
    [
      'no floor for a list of names alone',
      configOf([
        { ...FILE, source: 'eu', format: 'eu-fsf', gates: { rows_min: 0 } },
        { ...FILE, gates: { rows_min: 0 } },
        { ...FILE, source: 'house', format: 'plain', gates: { rows_min: 0 } },
      ]),
      [1, 2].map((position) => `lists.${String(position)}.gates.rows_min is 0 for a list of addresses`),
    ],
    ['one source twice', configOf([FILE, FILE], 'production'), ['lists.1.source is already the source of lists[0]']],
    ['a file beside a url', configOf([{ ...HTTPS, ...FILE }]), ['lists.0.file stands beside url']],
    [
      'what only a url needs',
      configOf([{ ...FILE, redirect_hosts: ['a.example'], ca: 'x', token_file: 'y', refresh: '1h' }]),
      ['redirect_hosts', 'ca', 'token_file', 'refresh'].map((member) => `lists.0.${member} has no meaning without url`),
    ],
    [
      'a password in the url',
      configOf([{ ...HTTPS, url: 'https://me:secret@lists.example.com/' }]),
      ['lists.0.url holds a user or a password'],
    ],
    [
      'a refresh that is too seldom for the age',
      configOf([{ ...HTTPS, refresh: '45m', max_age: '1h' }]),
      ['lists.0.refresh leaves no time for a second try before the list is too old'],
    ],
    ['a list of our own without a format', configOf([{ ...FILE, source: 'own' }]), ['lists.0.format is missing']],
    [
      'a starter list in another format',
      configOf([{ ...STARTER, format: 'plain' }]),
      ['lists.0.format is not that of the starter list'],
    ],
    [
      'columns of a format that has its own',
      configOf([{ ...FILE, columns: { address: 1 }, delimiter: ',', header: true }]),
      ['columns', 'delimiter', 'header'].map((member) => `lists.0.${member} has no meaning for ofac-advanced`),
    ],
    [
      'a comparison with nothing',
      configOf([{ ...FILE, gates: { cross_check: { source: 'other' } } }]),
      ['lists.0.gates.cross_check.source is no other list of this configuration'],
    ],
    [
      'a comparison with itself',
      configOf([{ ...FILE, gates: { cross_check: { source: 'ofac-sdn' } } }]),
      ['lists.0.gates.cross_check.source is no other list of this configuration'],
    ],
    [
      'a comparison in a circle',
      configOf([
        { ...FILE, gates: { cross_check: { source: 'ofac-consolidated' } } },
        { ...FILE, source: 'ofac-consolidated', gates: { cross_check: { source: 'ofac-sdn' } } },
      ]),
      [0, 1].map(
        (position) =>
          `lists.${String(position)}.gates.cross_check.source is a list that is compared with another one itself`,
      ),
    ],
  ]
  test.each(CASES)('%s', (_, config, problems) => {
    expect(problemsOf(config)).toEqual(problems)
  })
})
