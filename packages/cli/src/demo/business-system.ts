import { startEmbeddedPostgres } from '@callback-quorum/service'
import pg from 'pg'

/** One withdrawal as a payments team's own system knows it. */
export interface Withdrawal {
  readonly reference: string
  readonly asset: 'USDT-ERC20' | 'ETH'
  /** Decimal, in whole units. */
  readonly amount: string
  readonly address: string
  readonly state?: 'approved' | 'pending' | 'cancelled'
}

export interface BusinessSystem {
  readonly url: string
  add(withdrawals: readonly Withdrawal[]): Promise<void>
  stop(): Promise<void>
}

const SCHEMA = `create table withdrawal (
  reference   text primary key,
  asset       text not null,
  amount      numeric(60, 18) not null,
  address     text not null,
  state       text not null,
  valid_until timestamptz not null
)`

/** A payments team's database: a PostgreSQL of its own, apart from those of the services. */
export async function startBusinessSystem(dataDir: string): Promise<BusinessSystem> {
  const server = await startEmbeddedPostgres({ dataDir, relocate: true })
  const run = async (database: string, work: (client: pg.Client) => Promise<void>): Promise<void> => {
    const client = new pg.Client({ connectionString: server.urlOf(database) })
    await client.connect()
    try {
      await work(client)
    } finally {
      await client.end()
    }
  }
  await run('postgres', async (client) => void (await client.query('create database payouts')))
  await run('payouts', async (client) => void (await client.query(SCHEMA)))
  return {
    url: server.urlOf('payouts'),
    add: (withdrawals) =>
      run('payouts', async (client) => {
        for (const { reference, asset, amount, address, state = 'approved' } of withdrawals) {
          await client.query(`insert into withdrawal values ($1, $2, $3, $4, $5, now() + interval '1 day')`, [reference, asset, amount, address, state])
        }
      }),
    stop: () => server.stop(),
  }
}
