import type { AddressKey, CanonicalAddress } from '@callback-quorum/chains'
import type { Sql, Transaction } from '@callback-quorum/service'
import { knownAddress, type KnownAddress } from './known-address.ts'
import { bucketOf } from './resembles.ts'

/** Honest payments bring few: of 10^6 random destinations one in 16 agrees with a given address at three characters of both ends. */
const NEAR_MAX = 10_000

/** A destination that is paid every minute is written once an hour: nothing depends on the minute of its last payment. */
const WRITE_EVERY = '1 hour'

interface PaidRow {
  readonly bucket: string
  readonly visible: string
  readonly key: string
  readonly keys: string[]
  readonly chain: string
  readonly raw: string
}

export type NearPaid = { readonly near: readonly KnownAddress[] } | { readonly tooMany: number }

/** Destinations that the organisation paid within `withinMs` by the database's time and that agree with one of the addresses at both ends. */
export async function findNearPaid(
  database: Sql,
  organisation: string,
  addresses: readonly KnownAddress[],
  withinMs: number,
): Promise<NearPaid> {
  const forms = new Map(addresses.map(({ visible }) => [bucketOf(visible), visible.form]))
  if (forms.size === 0) return { near: [] }
  const rows = await database.query<PaidRow>({
    name: 'near-paid-destinations',
    text: `select bucket, visible, key, keys, chain, raw from paid_destination
           where organisation = $1 and bucket = any($2) and last_paid_at > clock_now() - $3 * interval '1 millisecond' limit $4`,
    values: [organisation, [...forms.keys()], withinMs, NEAR_MAX],
  })
  if (rows.length === NEAR_MAX) return { tooMany: NEAR_MAX }
  return {
    near: rows.map(({ bucket, visible, key, keys, chain, raw }) => ({
      visible: { form: forms.get(bucket) ?? '', text: visible },
      text: raw,
      chain,
      key: key as AddressKey,
      keys: new Set(keys),
    })),
  }
}

export interface Payment {
  readonly organisation: string
  readonly destinations: readonly { readonly address: CanonicalAddress; readonly chain: string }[]
  readonly at: Date
}

/** Remembers whom an approval pays, in its own transaction. Rows are locked in one order, whoever pays whom at once. */
export async function rememberPaid(tx: Transaction, { organisation, destinations, at }: Payment): Promise<void> {
  const rows = new Map<string, object>()
  for (const { address, chain } of destinations) {
    const known = knownAddress(address, chain)
    if (known === undefined) continue
    const { visible, key, keys, text: raw } = known
    const bucket = bucketOf(visible)
    rows.set([bucket, visible.text, key].join('\n'), {
      bucket,
      visible: visible.text,
      key,
      keys: [...keys],
      chain,
      raw,
    })
  }
  if (rows.size === 0) return
  await tx.query({
    name: 'remember-paid-destinations',
    text: `insert into paid_destination as paid (organisation, bucket, visible, key, keys, chain, raw, first_paid_at, last_paid_at)
           select $1, bucket, visible, key, keys, chain, raw, $2::timestamptz, $2::timestamptz
           from jsonb_to_recordset($3::jsonb) as r (bucket text, visible text, key text, keys text[], chain text, raw text)
           order by bucket, visible, key
           on conflict (organisation, bucket, visible, key) do update set last_paid_at = excluded.last_paid_at
           where paid.last_paid_at < excluded.last_paid_at - interval '${WRITE_EVERY}'`,
    values: [organisation, at, JSON.stringify([...rows.values()])],
  })
}
