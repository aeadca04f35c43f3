import type { Client } from 'pg'

/** Where a fixed clock stands until a test moves it: 2026-01-01T00:00:00Z. */
const CLOCK_START_MS = Date.UTC(2026, 0, 1)

/** Replaces `clock_now()` by a table of one row. `assertRealClock` refuses such a database outside of tests. */
export async function installTestClock(client: Client): Promise<void> {
  await client.query(`
    create table test_clock (only_row boolean primary key default true check (only_row), now_at timestamptz not null);
    create or replace function clock_now() returns timestamptz
      language sql volatile parallel safe
      as $$select now_at from public.test_clock$$;
  `)
  await client.query('insert into test_clock (now_at) values ($1)', [new Date(CLOCK_START_MS)])
}

export async function setTestClock(client: Client, nowMs: number): Promise<void> {
  await client.query('update test_clock set now_at = $1', [new Date(nowMs)])
}

export async function advanceTestClock(client: Client, byMs: number): Promise<void> {
  await client.query(`update test_clock set now_at = now_at + $1 * interval '1 millisecond'`, [byMs])
}
