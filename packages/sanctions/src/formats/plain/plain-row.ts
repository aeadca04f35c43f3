import type { ListedRow } from '../../list/listed-row.ts'
import { isAddressShaped } from '../split-version-detail.ts'

/** What the list says of an address where it has a column for it. */
export interface PlainFacts {
  readonly party?: string
  readonly code?: string
  readonly until?: string
  readonly comment?: string
}

/** A list without codes has this one. */
const NO_CODE = 'any'

/** Without a party of its own, an address is its own party: removing one never touches another. */
export function plainRow(value: string, { party = '', code = '', until, comment = '' }: PlainFacts): ListedRow {
  return {
    featureId: value,
    code: code === '' ? NO_CODE : code,
    value,
    partyId: party === '' ? value : party,
    partyName: party,
    programs: [],
    listIds: [],
    ...(comment === '' ? {} : { comment }),
    unparsed: !isAddressShaped(value),
    ...(until === undefined ? {} : { until }),
  }
}
