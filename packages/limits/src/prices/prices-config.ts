import { posix } from 'node:path'
import { durationBetween, expecting, filePath, isLoopbackHost, nameText } from '@callback-quorum/service'
import { z } from 'zod'

/** Two price a value, a third outlives a failure; more are connections and series for nothing. */
const SOURCES_MAX = 8
/** Assets of one source: a registry of thousands is priced by several. */
const ASSETS_MAX = 1_000
const MAX_AGE_MS = 5 * 60_000
const EVERY_MS = 30_000
const TIMEOUT_MS = 3_000

const assetId = z.string({ error: expecting('an id of the asset registry', 'BTC') }).min(1)

export const currencyText = z
  .string({ error: expecting('a currency code of A-Z and 0-9, 3 to 10 long', 'USD') })
  .regex(/^[A-Z][A-Z0-9]{2,9}$/)

const every = durationBetween(1_000, 3_600_000, 'from 1s to 1h').default(EVERY_MS)

const memberPath = z
  .string({ error: expecting('member names with dots between', 'data.items') })
  .regex(/^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64}){0,7}$/)

const httpUrl = z
  .string({ error: expecting('an https URL, or http on loopback, without user and #', 'https://prices.internal/v1') })
  .max(2_048)
  .refine((text) => URL.canParse(text) && isAllowedUrl(new URL(text)))

/** Over plain HTTP anybody on the way could set the prices. */
function isAllowedUrl({ protocol, hostname, username, password, hash }: URL): boolean {
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname.replace(/^\[|\]$/g, '')))
  return isPrivate && username === '' && password === '' && hash === ''
}

const fileSource = z.strictObject({ name: nameText, kind: z.literal('file'), path: filePath, every })

const httpSource = z.strictObject({
  name: nameText,
  kind: z.literal('http'),
  url: httpUrl,
  every,
  timeout: durationBetween(100, 30_000, 'from 100ms to 30s').default(TIMEOUT_MS),
  ca: filePath.optional(),
  token_file: filePath.optional(),
  currency: currencyText,
  map: z.strictObject({
    list: z.union([z.literal(''), memberPath], { error: expecting('a path of members, or "" for the body itself') }),
    asset: memberPath,
    price: memberPath,
    observed_at: memberPath,
    observed_at_format: z.enum(['iso', 'unix_s', 'unix_ms']),
  }),
  assets: z
    .record(z.string().min(1).max(128), assetId)
    .refine((assets) => isWithin(Object.keys(assets).length, 1, ASSETS_MAX), {
      error: expecting(`1 to ${ASSETS_MAX} assets`, '{ BTC: BTC-BITCOIN }'),
    })
    .refine((assets) => new Set(Object.values(assets)).size === Object.keys(assets).length, {
      error: expecting('each asset of the registry once'),
    }),
})

const isWithin = (count: number, min: number, max: number): boolean => count >= min && count <= max

/**
 * The block `prices:` of limits.yaml, in its own words; durations come out in milliseconds. Whether its assets are in the registry
 * is checked by openPriceBook.
 */
export const pricesSchema = z
  .strictObject({
    max_age: durationBetween(1_000, 86_400_000, 'from 1s to 24h').default(MAX_AGE_MS),
    max_deviation: z
      .string({ error: expecting('a decimal string from 0 to 1', '"0.10"') })
      .regex(/^(?:0(?:\.[0-9]{1,18})?|1(?:\.0{1,18})?)$/)
      .default('0.10'),
    pegs: z.record(assetId, currencyText).default({}),
    sources: z
      .array(z.discriminatedUnion('kind', [fileSource, httpSource]))
      .min(1, { error: expecting('at least one source') })
      .max(SOURCES_MAX, { error: expecting(`at most ${SOURCES_MAX} sources`) }),
  })
  .superRefine(({ max_age: maxAgeMs, sources }, ctx) => {
    for (const [index, source] of sources.entries()) {
      const refuse = (member: string, message: string): void => {
        ctx.addIssue({ code: 'custom', path: ['sources', index, member], message })
      }
      const before = sources.slice(0, index)
      if (before.some(({ name }) => name === source.name))
        refuse('name', 'is the name of another source; expected one of its own')
      // One source under two names would agree with itself.
      if (before.some((other) => placeOf(other) === placeOf(source)))
        refuse(source.kind === 'http' ? 'url' : 'path', 'is that of another source; expected one of its own')
      if (source.every >= maxAgeMs)
        refuse('every', 'is not shorter than max_age; expected less, or every quote is stale')
    }
  })

export type PricesConfig = z.output<typeof pricesSchema>
type SourceConfig = PricesConfig['sources'][number]
export type FileSourceConfig = Extract<SourceConfig, { kind: 'file' }>
export type HttpSourceConfig = Extract<SourceConfig, { kind: 'http' }>

/** Where a source has its prices from; a URL as the parser spells it. One that is no URL was told already. */
function placeOf(source: SourceConfig): string {
  if (source.kind === 'file') return `file ${posix.normalize(source.path)}`
  return URL.canParse(source.url) ? new URL(source.url).href : source.name
}
