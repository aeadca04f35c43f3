import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mapping, ServiceName } from '@callback-quorum/cli'
import { stringify } from 'yaml'
import { createProducerToken } from '../../../packages/business-lookup/src/connectors/inbox/inbox-producers.ts'
import { deliverHouseList, houseListEntry } from './house-list.ts'
import type { Edit } from './observe.ts'

/** Listed by the house at first; nobody's in particular. */
export const HOUSE_LISTED = '0x2222222222222222222222222222222222222222'

const EVENT_KEY = 'keys/node-events'
/** A value needs two sources that agree. */
const PRICE_SOURCES = ['house', 'treasury']
const pricesFile = (source: string): string => `prices-${source}.yaml`
const PRODUCERS_FILE = 'producers.yaml'
const VENDOR_KEY_FILE = 'vendor.key'

/** Three limits that a payment of ETH meets: one of amount, one of value that needs a price, one that only watches. */
export const LIMITS: Mapping = {
  version: 1,
  rules: [
    { id: 'eth-per-payment', match: { asset: ['ETH'] }, window: 'tx', limit: '10' },
    { id: 'eth-per-day', match: { asset: ['ETH'] }, window: { rolling: '24h' }, limit: '50' },
    {
      id: 'usd-per-day',
      match: { asset: ['ETH', 'USDT-ETHEREUM'] },
      measure: 'value',
      currency: 'USD',
      per: ['organisation'],
      window: { rolling: '24h' },
      limit: '1000000',
    },
    { id: 'small-hours', mode: 'shadow', match: { asset: ['ETH'] }, window: 'tx', limit: '5' },
  ],
}

export const PRICES: Mapping = {
  version: 1,
  quotes: [
    { asset: 'ETH', currency: 'USD', price: '2500', observed_at: 'always' },
    { asset: 'USDT-ETHEREUM', currency: 'USD', price: '1', observed_at: 'always' },
  ],
}

/** Files for `everything`; resolves to the bearer token of who may push to the inbox. */
export async function writeEverything(folder: string): Promise<string> {
  await writeFile(join(folder, 'limits-rules.yaml'), stringify(LIMITS))
  for (const source of PRICE_SOURCES) await writeFile(join(folder, pricesFile(source)), stringify(PRICES))
  await writeFile(join(folder, VENDOR_KEY_FILE), 'key-of-the-vendor\n', { mode: 0o600 })
  const token = await writeProducer(folder)
  await writeEventKey(folder)
  await deliverHouseList(folder, [HOUSE_LISTED])
  return token
}

/** Who may push to an inbox; resolves to the bearer token. */
export async function writeProducer(folder: string): Promise<string> {
  const { token, sha256 } = createProducerToken()
  await writeFile(join(folder, PRODUCERS_FILE), stringify({ tokens: [{ name: 'payouts', sha256 }] }), { mode: 0o600 })
  return token
}

/** The key that the node signs its events with. */
export async function writeEventKey(folder: string): Promise<void> {
  await mkdir(join(folder, 'keys'), { recursive: true })
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await writeFile(join(folder, `${EVENT_KEY}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  })
  await writeFile(join(folder, `${EVENT_KEY}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
}

/** Every part of every service that has series of its own is switched on. `vendor`: origin of a vendor of sanctions; `otlp`: of a collector of traces. */
export const everything = (
  vendor: string,
  otlp: string,
): Readonly<Record<Exclude<ServiceName, 'business-lookup'>, Edit>> => ({
  gateway: (config) => ({
    ...config,
    tracing: { otlp, ratio: 1 },
    // On trial where nobody needs it.
    quorum: (config.quorum as readonly Mapping[]).map((entry) =>
      (entry.kinds as readonly string[]).includes('keygen') ? { ...entry, shadow: ['limits'] } : entry,
    ),
  }),
  limits: (config) =>
    withEvents({
      ...config,
      tracing: { otlp, ratio: 1 },
      prices: { sources: PRICE_SOURCES.map((name) => ({ name, kind: 'file', path: pricesFile(name), every: '1s' })) },
    }),
  sanctions: (config) =>
    withEvents({
      ...config,
      lists: [...(config.lists as readonly Mapping[]), houseListEntry()],
      look_alikes: { policy: 'report' },
      vendors: [
        {
          ...{ name: 'chainalysis', kind: 'chainalysis-sanctions', url: vendor, api_key_file: VENDOR_KEY_FILE },
          ...{ families: ['evm'], required: false, cache: '0s', breaker: { failures: 2, open_for: '1m' } },
        },
      ],
    }),
  integrity: withEvents,
})

/** The event key of the node, in its `.pem`. */
export const eventKeyFile = (folder: string): string => join(folder, `${EVENT_KEY}.pem`)

/** The node's events are taken. */
export function withEvents(config: Mapping): Mapping {
  const callers = config.callers as readonly Mapping[]
  return {
    ...config,
    callers: callers.map((caller) =>
      caller.platform === 'cobo' ? { ...caller, event_pubkey_path: `${EVENT_KEY}.pub` } : caller,
    ),
  }
}

export const INTENT_TYPE = 'com.example.withdrawal.approved'
export const CANCEL_TYPE = 'com.example.withdrawal.cancelled'

/** business-lookup that is told by the business system, in the place of asking it. `port`: of its inbox. */
export const withInbox =
  (port: number, organisation: string): Edit =>
  (config) => ({
    ...config,
    connector: {
      kind: 'inbox',
      listen: `127.0.0.1:${port}`,
      producers: PRODUCERS_FILE,
      organisations: { payouts: organisation },
      proof: 'none',
      event_types: { intent: [INTENT_TYPE], cancel: [CANCEL_TYPE] },
    },
  })
