import type { Problem } from '@callback-quorum/service'
import { checkCompare } from '../compare/compare-config.ts'
import type { HttpConnectorConfig } from '../connectors/http/http-config.ts'
import { parseUrlTemplate } from '../connectors/http/url-template.ts'
import type { InboxConnectorConfig } from '../connectors/inbox/inbox-config.ts'
import { isMysql, readServerAddress } from '../connectors/sql/server-address.ts'
import { queryProblems, type SqlConnectorConfig } from '../connectors/sql/sql-connector-config.ts'
import { checkRecordMap } from '../record/record-map.ts'
import type { WhitelistingConfig } from './whitelisting-config.ts'

type ConnectorConfig = HttpConnectorConfig | SqlConnectorConfig | InboxConnectorConfig

export interface WhitelistingSettings {
  readonly whitelisting?: WhitelistingConfig | undefined
  readonly config_changes: { readonly UNMANAGED_WALLET?: 'judge' | 'approve' | undefined }
  readonly connector: ConnectorConfig
  readonly proof?: object | undefined
}

/** What cannot be said by the schema. Empty when it fits the connector. */
export function checkWhitelisting(config: WhitelistingSettings, hasSeveralOrganisations: boolean): readonly Problem[] {
  const { whitelisting, connector, proof } = config
  if (whitelisting === undefined)
    return config.config_changes.UNMANAGED_WALLET === 'judge'
      ? [
          {
            path: ['whitelisting'],
            problem: 'is missing, and config_changes.UNMANAGED_WALLET says judge',
            expected: 'where an address that is to be whitelisted is looked up',
          },
        ]
      : []
  const problems: Problem[] = [
    ...checkRecordMap(whitelisting.map, connector.kind),
    ...checkCompare(whitelisting.compare, whitelisting.map, connector.kind),
    ...checkPlace(whitelisting, connector, hasSeveralOrganisations),
  ]
  const isProofDemanded = proof !== undefined || (connector.kind === 'inbox' && connector.proof === 'required')
  if (isProofDemanded && whitelisting.proof === undefined)
    problems.push({
      path: ['proof'],
      problem: 'is missing: payments need a proof, and a record of a whitelisting is not asked for one',
      expected: 'proof: none, written out',
    })
  return problems.map((problem) => ({ ...problem, path: ['whitelisting', ...problem.path] }))
}

const problem = (member: 'url' | 'query', what: string, expected: string): Problem => ({
  path: [member],
  problem: what,
  expected,
})

function checkPlace(
  { url, query, compare }: WhitelistingConfig,
  connector: ConnectorConfig,
  hasSeveralOrganisations: boolean,
): readonly Problem[] {
  const notFor = `is not for connector.kind ${connector.kind}`
  switch (connector.kind) {
    case 'http':
      return [
        ...(query === undefined ? [] : [problem('query', notFor, 'url in its place')]),
        ...checkUrl(url, connector.url, hasSeveralOrganisations),
      ]
    case 'sql': {
      const unneeded = url === undefined ? [] : [problem('url', notFor, 'query in its place')]
      if (query === undefined)
        return [...unneeded, problem('query', 'is missing', 'a select with the params of the connector')]
      const address = readServerAddress(connector.database_url)
      const wrong = typeof address === 'string' ? [] : queryProblems({ ...connector, query }, address)
      const isPayments = query === connector.query
      const isLoose = compare.no_reference === true && isMysql(connector.database_url)
      return [
        ...unneeded,
        ...wrong.map((found): Problem => ({ ...found, path: found.path.slice(1) })),
        ...(isPayments ? [problem('query', 'is the one of the payments', 'one of its own')] : []),
        ...(isLoose
          ? [
              {
                path: ['compare', 'no_reference'],
                problem: 'would let one record answer to several references in MySQL and MariaDB',
                expected: 'map.reference',
              },
            ]
          : []),
      ]
    }
    case 'inbox':
      return [
        ...(url === undefined ? [] : [problem('url', notFor, 'this line left out')]),
        ...(query === undefined ? [] : [problem('query', notFor, 'this line left out')]),
      ]
    default:
      throw new Error(`invariant: unknown connector ${JSON.stringify(connector satisfies never)}`)
  }
}

/** The server of the payments, whose trust, credentials and breaker hold for both. */
function checkUrl(url: string | undefined, payments: string, hasSeveralOrganisations: boolean): readonly Problem[] {
  const template = url === undefined ? undefined : parseUrlTemplate(url)
  const origin = parseUrlTemplate(payments)?.origin.href
  if (url === undefined || template === undefined)
    return [problem('url', url === undefined ? 'is missing' : 'is not in its plain form', 'a URL with {reference}')]
  if (template.origin.href !== origin) return [problem('url', 'is of another server', 'the one of connector.url')]
  if (url === payments) return [problem('url', 'is the one of the payments', 'one of its own')]
  return hasSeveralOrganisations && !url.includes('{organisation}')
    ? [problem('url', 'leaves out the organisation, and callers name several', '{organisation} in it')]
    : []
}
