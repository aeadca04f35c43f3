import { ChainsFault, childPublicKey, type AssetRegistry } from '@callback-quorum/chains'
import { expecting } from '@callback-quorum/service'
import { z } from 'zod'
import { placeOf, readBookAddress, refuseSecondEntries } from './book-address.ts'

/** The shape of addresses.yaml. It depends on the registry, because an address can be read only by its chain. */
export function addressBookSchema(assets: AssetRegistry) {
  return z.strictObject({
    own: z.array(ownEntry(assets)).superRefine(refuseSecondEntries).default([]),
    allow: z.array(allowEntry(assets)).superRefine(refuseSecondEntries).default([]),
    /** Roots of the groups that sign for us: an address is ours too when its key is a child of one of them. */
    root_keys: z.array(rootKey).max(ROOT_KEYS_MAX).default([]),
  })
}

const text = z.string().min(1)

/** One for each key share group and curve; an organisation has a handful. */
const ROOT_KEYS_MAX = 1_000

const rootKey = z.string().refine(isRootKey, {
  error: expecting('the extended public key of a group, as the node shows it', 'xpub661MyMwAqRbc...'),
})

function isRootKey(text: string): boolean {
  try {
    return childPublicKey(text, '0').length > 0
  } catch (error) {
    if (error instanceof ChainsFault) return false
    throw error
  }
}

const ownEntry = (assets: AssetRegistry) =>
  z.strictObject({ address: text, chain: text, wallet: text, path: text.optional() }).transform((entry, context) => {
    const listed = readBookAddress(entry, assets, context)
    if (listed === undefined) return z.NEVER
    const owner = { wallet: entry.wallet, ...(entry.path !== undefined && { path: entry.path }) }
    return { place: placeOf(listed.address.key, listed.chainId), listed, owner }
  })

/** A day is its first moment in UTC. */
const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: expecting('a day or an instant', '2026-01-31T09:00:00Z'),
  })
  .transform((written) => new Date(written))

const allowEntry = (assets: AssetRegistry) =>
  z
    .strictObject({ address: text, chain: text, tag: text.optional(), label: text.optional(), whitelisted_at: moment })
    .transform((entry, context) => {
      const listed = readBookAddress(entry, assets, context)
      if (listed === undefined) return z.NEVER
      const inAddress = listed.address.tag
      if (entry.tag !== undefined && inAddress !== undefined && entry.tag !== inAddress) {
        context.addIssue({ code: 'custom', path: ['tag'], message: 'differs from the tag that the address holds' })
        return z.NEVER
      }
      const listing = { whitelistedAt: entry.whitelisted_at, ...(entry.label !== undefined && { label: entry.label }) }
      return {
        place: taggedPlaceOf(placeOf(listed.address.key, listed.chainId), entry.tag ?? inAddress),
        listed,
        listing,
      }
    })

/** An entry without a tag allows no tagged payment: at an exchange, the tag names the customer who is paid. */
export const taggedPlaceOf = (place: string, tag: string | undefined): string =>
  tag === undefined ? place : `${place}\n${tag}`
