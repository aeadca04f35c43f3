import { startEmbeddedPostgres } from '@callback-quorum/service'
import pg from 'pg'

const DATABASE = 'payouts'
/** The role of business-lookup: it may read the one table and nothing else. The password is worth as much as the demo's rows. */
const READER = 'lookup_reader'
const READER_PASSWORD = 'demo-only'

/** A withdrawal as the customer's own system knows it. */
export interface Withdrawal {
  readonly reference: string
  readonly customer: string
  readonly status: 'approved' | 'pending' | 'cancelled'
  readonly asset: string
  /** Decimal, in whole units. */
  readonly amount: string
  readonly destination: string
}

export interface BusinessSystem {
  /** For business-lookup: a role that can only read. */
  readonly readerUrl: string
  add(withdrawals: readonly Withdrawal[]): Promise<void>
  stop(): Promise<void>
}

/** What business-lookup is configured with, to be shown to whoever writes the next one. */
export const WITHDRAWAL_QUERY =
  'select status, asset, trim_scale(amount)::text as amount, destination, valid_until from withdrawal where reference = $1 limit 2'

const SCHEMA = `
  create table if not exists withdrawal (
    reference text primary key,
    customer text not null,
    status text not null,
    asset text not null,
    amount numeric(38, 18) not null check (amount > 0),
    destination text not null,
    valid_until timestamptz not null default now() + interval '2 days',
    requested_at timestamptz not null default now()
  );
  do $$ begin
    if not exists (select from pg_roles where rolname = '${READER}') then
      create role ${READER} login password '${READER_PASSWORD}';
    end if;
  end $$;
  grant select on withdrawal to ${READER};`

/** Plays the customer's payout system: a PostgreSQL server of its own with a table of withdrawals. */
export async function startBusinessSystem(dataDir: string): Promise<BusinessSystem> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, relocate: true })
  try {
    await withClient(server.url, async (client) => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
      if (rowCount === 0) await client.query(`create database ${DATABASE}`)
    })
    await withClient(server.urlOf(DATABASE), (client) => client.query(SCHEMA))
  } catch (error) {
    await server.stop()
    throw error
  }
  const readerUrl = new URL(server.urlOf(DATABASE))
  readerUrl.username = READER
  readerUrl.password = READER_PASSWORD
  return {
    readerUrl: readerUrl.href,
    add: (withdrawals) => withClient(server.urlOf(DATABASE), (client) => insert(client, withdrawals)),
    stop: () => server.stop(),
  }
}

async function insert(client: pg.Client, withdrawals: readonly Withdrawal[]): Promise<void> {
  for (const { reference, customer, status, asset, amount, destination } of withdrawals) {
    await client.query(
      'insert into withdrawal (reference, customer, status, asset, amount, destination) values ($1, $2, $3, $4, $5, $6)',
      [reference, customer, status, asset, amount, destination],
    )
  }
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
