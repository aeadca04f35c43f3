import type { ListedRow } from '../../list/listed-row.ts'
import { ownText } from '../own-text.ts'
import type { AddressFinder } from './find-addresses.ts'

/** Who is listed, as the publisher names them. */
export interface NamedEntity {
  readonly partyId: string
  readonly partyName: string
  readonly programs: readonly string[]
  readonly listIds: readonly string[]
  /** YYYY-MM-DD */
  readonly designatedOn?: string
}

/** Running text names no currency. */
export const FREE_TEXT_CODE = 'text'

/** One row for each address in the texts of an entity, marked as extracted. */
export const entityRows = (entity: NamedEntity, texts: Iterable<string>, finder: AddressFinder): ListedRow[] =>
  finder.find(texts).map((word) => {
    const value = ownText(word)
    return { featureId: value, code: FREE_TEXT_CODE, value, ...entity, unparsed: false, extracted: true }
  })
