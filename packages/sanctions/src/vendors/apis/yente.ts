import { canonicalizeAddress, ChainsFault, type AssetRegistry } from '@callback-quorum/chains'
import { ConfigError } from '@callback-quorum/service'
import { z } from 'zod'
import { AnswerFault } from '../answers/answer-fault.ts'
import { decimalOf, isAtLeast, readDecimal } from '../answers/decimal.ts'
import { readAnswer } from '../answers/read-answer.ts'
import type { Finding, Screening, VendorApi } from '../vendor.ts'
import type { YenteConfig } from '../vendors-config.ts'

const QUERY = 'party'
const ONE = decimalOf('1')

const answerSchema = z.object({
  responses: z.object({
    [QUERY]: z.object({
      status: z.literal('200'),
      results: z.array(z.object({ id: z.string(), caption: z.string(), score: z.string() })),
    }),
  }),
})

/**
 * OpenSanctions' yente: `POST /match/{dataset}`, query by example. It looks for the names that the configuration gives to addresses and
 * knows nothing of an address without one. A score from `threshold` on rejects or is recorded, as `on_match` says.
 * Sources: opensanctions.org/docs/api/request (query, `Authorization: ApiKey`); github.com/opensanctions/yente, routers/match.py and
 * data/common.py (parameters, answer).
 */
export function yente(config: YenteConfig, assets: AssetRegistry): VendorApi {
  const parties = partiesOf(config, assets)
  return {
    readsText: false,
    coverage: ({ id }, key) => (parties.has(placeOf(id, key)) ? 'ask' : 'skip'),
    exchange: ({ chain, key }, { key: apiKey }) => {
      const party = parties.get(placeOf(chain.id, key))
      if (party === undefined) throw new Error('invariant: asked about an address without a name')
      const example = { schema: party.schema, properties: { name: [party.name] } }
      return {
        method: 'POST',
        path: `${config.path.replace('{dataset}', config.dataset)}?algorithm=${config.algorithm}&threshold=${config.threshold}`,
        headers: apiKey === undefined ? {} : { authorization: `ApiKey ${apiKey}` },
        body: JSON.stringify({ queries: { [QUERY]: example } }),
        statuses: [200],
        read: ({ body }) => readMatches(body, config),
      }
    },
  }
}

const placeOf = (chainId: string, key: string): string => `${chainId} ${key}`

/** A party whose address cannot be read would never be looked for: it is refused at start. */
function partiesOf(
  { name, parties }: YenteConfig,
  assets: AssetRegistry,
): ReadonlyMap<string, YenteConfig['parties'][number]> {
  const problems: string[] = []
  const places = new Map<string, YenteConfig['parties'][number]>()
  for (const [position, party] of parties.entries()) {
    const where = `vendor ${name}, parties[${position}]`
    const chain = assets.chain(party.chain)
    if (chain === undefined) {
      problems.push(`${where}.chain: is not in the asset registry`)
      continue
    }
    try {
      const place = placeOf(chain.id, canonicalizeAddress(chain.family, chain.network, party.address).key)
      if (places.has(place)) problems.push(`${where}.address: has a name already; expected each address once`)
      places.set(place, party)
    } catch (error) {
      if (!(error instanceof ChainsFault)) throw error
      problems.push(`${where}.address: is no address of ${chain.id}`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return places
}

function readMatches(body: Uint8Array, { threshold, on_match: onMatch }: YenteConfig): Screening {
  const { results } = readAnswer(body, answerSchema).responses[QUERY]
  const findings = results.map(({ id, caption, score }): Finding => {
    const value = readDecimal(score)
    if (value === undefined || !isAtLeast(ONE, value)) throw new AnswerFault('a score is not from 0 to 1')
    const isMatch = isAtLeast(value, decimalOf(threshold))
    return {
      category: caption,
      level: score,
      relation: id,
      effect: isMatch && onMatch === 'reject' ? 'reject' : 'report',
    }
  })
  return { status: 'ok', findings }
}
