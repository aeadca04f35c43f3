import type { AddressKey, Chain, Decoded } from '@callback-quorum/chains'
import { readAddress } from '../describe/output.ts'
import type { AddressBook } from '../operator-files/address-book.ts'
import type { KeyUse, Question } from '../question.ts'
import { keysAt } from './own-accounts.ts'
import type { RefuseBinding } from './refusal.ts'

/** The node's numbers of signature types (protocol/cobo.md 3.3). */
const SIGNATURE_TYPE = { ecdsa: 1, eddsa: 2, schnorr: 3 } as const

/**
 * The key that is asked to sign is the one of the account that pays: the same hash signed along another path is a valid signature of
 * another wallet (protocol/cobo.md 4.1, hole 4). Where no child key can be derived in public (Ed25519; how the platform derives it is
 * not published), the account that pays must at least be a signer of the very bytes.
 */
export function checkSigner(
  question: Question,
  keyUse: KeyUse,
  { toSign, signers }: Decoded,
  chain: Chain,
  addresses: AddressBook,
  refuse: RefuseBinding,
): void {
  const sources = new Set(question.sources.map((text) => readAddress(chain, text)?.key))
  const [source] = sources
  if (source === undefined || sources.has(undefined)) {
    refuse('RAW_SENDER_DIFFERS', 'the request names no address that pays')
    return
  }
  if (keyUse.tweaks.some((tweak) => !/^0*$/.test(tweak))) {
    refuse('KEY_TWEAKED', 'a tweak changes the key, and how is not published')
  }
  for (const [index, { scheme, account }] of toSign.entries()) {
    if (keyUse.signatureType !== undefined && keyUse.signatureType !== SIGNATURE_TYPE[scheme])
      refuse('SIGNATURE_TYPE_DIFFERS', `these bytes are signed by ${scheme}`)
    if (scheme === 'eddsa') {
      if (!(signers ?? []).some(({ key }) => sources.has(key)))
        refuse('RAW_SENDER_DIFFERS', 'the address that pays is no signer of the transaction')
      continue
    }
    if (account === undefined && sources.size > 1) refuse('RAW_SENDER_DIFFERS', 'several addresses are said to pay')
    const payer = account?.key ?? source
    if (!sources.has(payer))
      refuse('RAW_SENDER_DIFFERS', `signature ${String(index)} is of an address that is not said to pay`)
    checkPath(keyUse, index, payer, chain, refuse)
    if (addresses.namesRootKeys && !addresses.isOwnRootKey(keyUse.rootPubKey ?? ''))
      refuse('KEY_UNKNOWN', 'the root key is none of those that sign for us')
  }
}

function checkPath(keyUse: KeyUse, index: number, payer: AddressKey, chain: Chain, refuse: RefuseBinding): void {
  const { rootPubKey } = keyUse
  const path = keyUse.paths[index]
  if (rootPubKey === undefined || path === undefined) {
    refuse('KEY_MISSING', 'the request names no root key and path to compare the address that pays with')
    return
  }
  const keys = keysAt(rootPubKey, path, chain)
  if (keys.length === 0) refuse('KEY_INVALID', `no key can be derived from root_pub_key along path ${String(index)}`)
  else if (!keys.includes(payer)) refuse('KEY_DIFFERS', `path ${String(index)} leads to the key of another address`)
}
