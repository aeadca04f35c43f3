import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { versioned, witness } from '../../packages/chains/test/encode-address.ts'
import type { ListedRow } from '../../packages/sanctions/src/list/listed-row.ts'
import type { ChainFamily } from '@callback-quorum/chains'

export interface Address {
  readonly family: ChainFamily
  readonly text: string
}

/** The same one for the same number: half EVM, a quarter TRON, the rest Bitcoin, most of it P2PKH. */
export function addressOf(number: number): Address {
  const hash = createHash('sha256').update(String(number)).digest().subarray(0, 20)
  const kind = number % 20
  if (kind < 10) return { family: 'evm', text: `0x${hash.toString('hex')}` }
  if (kind < 15) return { family: 'tron', text: versioned('41', hash) }
  if (kind < 18) return { family: 'bitcoin', text: versioned('00', hash) }
  return { family: 'bitcoin', text: witness('bc', 0, hash) }
}

const ROWS_PER_WRITE = 1_000

/** As a plain list is stored: so many rows of one party, one JSON object a line. */
export async function writeRows(path: string, count: number): Promise<void> {
  await pipeline(
    Readable.from(
      (function* () {
        for (let from = 0; from < count; from += ROWS_PER_WRITE)
          yield Array.from({ length: Math.min(ROWS_PER_WRITE, count - from) }, (_, at) => lineOf(from + at)).join('')
      })(),
    ),
    createWriteStream(path),
  )
}

function lineOf(number: number): string {
  const row: ListedRow = {
    featureId: String(number + 1),
    code: 'plain',
    value: addressOf(number).text,
    partyId: 'synthetic',
    partyName: 'Synthetic',
    programs: [],
    listIds: [],
    unparsed: false,
  }
  return `${JSON.stringify(row)}\n`
}
