import pg from 'pg'

/** What a database of limits holds, read on a connection of its own. */
export interface Books {
  /** `rule used`, atomic units. */
  readonly used: readonly string[]
  /** Business keys with their state. */
  readonly reservations: number
  readonly entries: number
  /** `rule used counted` where a counter differs from its ledger. */
  readonly drift: readonly string[]
}

/** All of it in one statement, so that it is one moment. */
export async function readBooks(databaseUrl: string): Promise<Books> {
  const [books] = await read<Books>(
    databaseUrl,
    `select array(select rule_id || ' ' || used from counter where used > 0 order by 1) as used,
       (select count(*)::integer from reservation) as reservations,
       (select count(*)::integer from entry) as entries,
       array(select rule_id || ' ' || used || ' ' || counted from limits_drift() order by 1) as drift`,
  )
  if (books === undefined) throw new Error('invariant: a select without a from clause has one row')
  return books
}

/** What the record says of the request each time it was judged: its outcome, and whether it was counted before. */
export async function readVerdicts(databaseUrl: string, requestId: string): Promise<readonly string[]> {
  const rows = await read<{ line: string }>(
    databaseUrl,
    `select outcome || case when (evidence->'spend-limit'->'replayed')::boolean then ' replayed' else '' end as line
     from verdict_record where request_id = $1 order by record_id`,
    [requestId],
  )
  return rows.map(({ line }) => line)
}

/** Runs one statement by hand, as somebody with a console of the database does. */
export async function read<Row extends object>(
  databaseUrl: string,
  text: string,
  values: readonly string[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<Row>(text, [...values])).rows
  } finally {
    await client.end()
  }
}
