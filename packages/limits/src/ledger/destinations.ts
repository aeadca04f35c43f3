import type { Database, Sql } from '@callback-quorum/service'

/** Since when a destination is known: by the address book, or by the first time that somebody asked for a payment to it. */
export interface KnownSince {
  readonly listed?: Date
  readonly seen?: Date
}

interface Row {
  readonly place: string
  readonly listed: Date | null
  readonly seen: Date | null
}

export async function knownSince(sql: Sql, places: readonly string[]): Promise<ReadonlyMap<string, KnownSince>> {
  if (places.length === 0) return new Map()
  const rows = await sql.query<Row>({
    name: 'limits-known-since',
    text: `select place, (select since from listed_destination l where l.place = p.place and removed_at is null) as listed,
             (select first_seen_at from seen_destination s where s.place = p.place) as seen
           from unnest($1::text[]) as p (place)`,
    values: [places],
  })
  return new Map(rows.map(({ place, listed, seen }) => [place, { ...(listed && { listed }), ...(seen && { seen }) }]))
}

/** Remembers destinations that are asked about, whatever becomes of it: a refusal must not make them new for ever. */
export async function rememberDestinations(database: Database, places: readonly string[]): Promise<void> {
  await database.query({
    name: 'limits-remember',
    text: `insert into seen_destination (place, first_seen_at) select p, clock_now() from unnest($1::text[]) p
           where not exists (select from seen_destination s where s.place = p) on conflict do nothing`,
    values: [places],
  })
}

/**
 * Compares the address book with what was listed before. A destination is listed since its own date; one that was taken off and put back since
 * then at the earliest, whatever its date says.
 */
export async function followAddressBook(
  database: Database,
  listed: readonly { readonly place: string; readonly whitelistedAt: Date }[],
  digest: string,
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query({ text: 'lock table address_book in share row exclusive mode' })
    const same = await tx.query({ text: 'select 1 from address_book where digest = $1', values: [digest] })
    if (same.length > 0) return
    await tx.query({
      text: `update listed_destination set removed_at = clock_now()
             where removed_at is null and not place = any ($1::text[])`,
      values: [listed.map(({ place }) => place)],
    })
    await tx.query({
      text: `insert into listed_destination (place, since) select * from unnest($1::text[], $2::timestamptz[])
             on conflict (place) do update set removed_at = null, since = case
               when listed_destination.removed_at is null then greatest(listed_destination.since, excluded.since)
               else greatest(clock_now(), excluded.since) end`,
      values: [listed.map(({ place }) => place), listed.map(({ whitelistedAt }) => whitelistedAt)],
    })
    await tx.query({
      text: 'insert into address_book (digest) values ($1) on conflict (only_row) do update set digest = excluded.digest',
      values: [digest],
    })
  })
}
