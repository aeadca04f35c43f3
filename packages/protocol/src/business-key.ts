/** `platform:organisation:transaction id`. Reservations and claims hang on it across callers, retries and request ids. */
export type BusinessKey = string & { readonly __brand: 'BusinessKey' }

/** Throws RangeError when a part is empty or the organisation holds a colon, which would let two keys coincide. */
export function businessKey(platform: 'cobo' | 'fireblocks', organisation: string, transactionId: string): BusinessKey {
  if (organisation === '' || transactionId === '')
    throw new RangeError('a business key needs an organisation and an id')
  if (organisation.includes(':')) throw new RangeError('the organisation of a business key may not hold a colon')
  return `${platform}:${organisation}:${transactionId}` as BusinessKey
}

export function isBusinessKey(text: string): text is BusinessKey {
  return /^(?:cobo|fireblocks):[^:]+:./s.test(text)
}
