import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AddressIndex } from '../list/address-index.ts'
import type { ListedRow } from '../list/listed-row.ts'

/** About 5 ms of making rows: so long callbacks wait. */
const ROWS_PER_TURN = 5_000

/** Every row that matches, held ones too, with turns for others in between. */
export async function* eachRow(index: AddressIndex): AsyncGenerator<ListedRow, void> {
  for (let position = 0; position < index.ownRows + index.heldRows; position += 1) {
    if (position % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn()
    yield index.rowAt(position)
  }
}
