/**
 * What kept a list from being loaded. Whichever it is, the list that was active before is still active, unchanged and ageing:
 * - `LIST_UNREADABLE`: the file is missing, is no regular file, or its compression is broken or cut
 * - `LIST_TOO_LARGE`: more bytes than the cap, as delivered or after unpacking
 * - `LIST_MALFORMED`: not well-formed XML in UTF-8, a document type declaration, another root element, or a cut end
 * - `LIST_STRUCTURE`: well-formed, but not in the order or with the members that this parser can vouch for
 * - `LIST_EMPTY`: no row at all
 * - `LIST_HASH`: not the bytes that the configuration or the delivery manifest names
 * - `LIST_MANIFEST`: the delivery manifest is missing, broken, or dated in the future
 * - `STARTER_LIST`: the packaged demo list where it may not stand, or a list without age that is not the packaged one
 * - `PARSER_STOPPED`: the worker thread died or ran past its time
 * - `DELIVERY_TRANSPORT`: the server could not be reached or trusted, or the answer broke off or stood still
 * - `DELIVERY_TIMEOUT`: not through within the deadline of one asking, all tries together
 * - `DELIVERY_STATUS`: answered, but with another status than 200 or 304
 * - `DELIVERY_REDIRECT`: sent to where this list may not come from, or too often
 * - `DELIVERY_ADDRESS`: the name stands for an address that is never asked, or is private and the configuration does not name it
 * - `DELIVERY_ANSWER`: an answer whose bytes or whose "not modified" cannot be taken at its word
 * - `DELIVERY_CREDENTIALS`: the certificate or token file cannot be used
 * - `DELIVERY_STORAGE`: the bytes could not be written down
 * - `DELIVERY_STOPPED`: the service is stopping
 */
export type SanctionsFaultCode =
  | 'ERR_SANCTIONS_LIST_UNREADABLE'
  | 'ERR_SANCTIONS_LIST_TOO_LARGE'
  | 'ERR_SANCTIONS_LIST_MALFORMED'
  | 'ERR_SANCTIONS_LIST_STRUCTURE'
  | 'ERR_SANCTIONS_LIST_EMPTY'
  | 'ERR_SANCTIONS_LIST_HASH'
  | 'ERR_SANCTIONS_LIST_MANIFEST'
  | 'ERR_SANCTIONS_STARTER_LIST'
  | 'ERR_SANCTIONS_PARSER_STOPPED'
  | 'ERR_SANCTIONS_DELIVERY_TRANSPORT'
  | 'ERR_SANCTIONS_DELIVERY_TIMEOUT'
  | 'ERR_SANCTIONS_DELIVERY_STATUS'
  | 'ERR_SANCTIONS_DELIVERY_REDIRECT'
  | 'ERR_SANCTIONS_DELIVERY_ADDRESS'
  | 'ERR_SANCTIONS_DELIVERY_ANSWER'
  | 'ERR_SANCTIONS_DELIVERY_CREDENTIALS'
  | 'ERR_SANCTIONS_DELIVERY_STORAGE'
  | 'ERR_SANCTIONS_DELIVERY_STOPPED'

export class SanctionsFault extends Error {
  override readonly name = 'SanctionsFault'
  readonly code: SanctionsFaultCode

  constructor(code: SanctionsFaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
