import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { Database } from '@callback-quorum/service'

const READER = 'lookup_reader'
const PASSWORD_BYTES = 32

/** Makes a role that may read the withdrawals and nothing else, with a new password, and writes its URL to a file for its owner alone. */
export async function writeReaderUrl(database: Database, file: string): Promise<void> {
  // Base64url has no character that ends the text of a statement.
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  await database.query({
    text: `do $$ begin
             if not exists (select from pg_roles where rolname = '${READER}') then create role ${READER}; end if;
             alter role ${READER} login password '${password}';
             grant select on withdrawal to ${READER};
           end $$`,
  })
  const url = new URL(database.url)
  url.username = READER
  url.password = password
  await writeFile(file, `${url.href}\n`, { mode: 0o600 })
}
