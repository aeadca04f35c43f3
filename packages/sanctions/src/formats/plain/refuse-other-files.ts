import { malformed, misbuilt } from '../faults.ts'
import { AddressFinder } from '../free-text/find-addresses.ts'

/** What OFAC writes for "no value" in the cells of its CSV files. */
const OFAC_NULL = /(?:^|[,\t ])"?-0- ?"?(?:[,\t]|$)/
const OFAC_REMARK = /Digital Currency Address - /

/** Refuses the first line of a file that is not a list of addresses at all. Throws SanctionsFault `ERR_SANCTIONS_LIST_MALFORMED`. */
export function refuseOtherFirstLine(line: string): void {
  if (/^\s*</.test(line)) throw malformed('this is HTML or XML; expected plain text')
  if (/^\s*[[{]/.test(line)) throw malformed('this is JSON; expected plain text')
}

/**
 * Refuses a line or cell of OFAC's SDN.CSV and SDN_COMMENTS.CSV: they cut the remarks at 1000 characters, in the middle of an address,
 * so reading them loses addresses (domain/sanctions 1.3). Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE`.
 */
export function refuseOfacCsv(text: string): void {
  if (OFAC_NULL.test(text) || OFAC_REMARK.test(text))
    throw misbuilt(
      'this looks like a CSV file of OFAC, which is not read on purpose: it cuts addresses in two. Use SDN_ADVANCED.XML',
    )
}

/** Refuses a first line that should name the columns and holds an address, which would be passed over. Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE`. */
export function refuseAddressInHeader(cells: readonly string[]): void {
  if (new AddressFinder().find(cells).length > 0)
    throw misbuilt('the first line holds an address; by the configuration it names the columns')
}
