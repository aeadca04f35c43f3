import type { AssetRegistry } from '@callback-quorum/chains'
import { expecting } from '@callback-quorum/service'
import { z } from 'zod'
import { placeOf, readBookAddress, refuseSecondEntries } from './book-address.ts'

/** The shape of addresses.yaml. It depends on the registry, because an address can be read only by its chain. */
export function addressBookSchema(assets: AssetRegistry) {
  return z.strictObject({
    own: z.array(ownEntry(assets)).superRefine(refuseSecondEntries).default([]),
    allow: z.array(allowEntry(assets)).superRefine(refuseSecondEntries).default([]),
  })
}

const text = z.string().min(1)

const ownEntry = (assets: AssetRegistry) =>
  z.strictObject({ address: text, chain: text, wallet: text, path: text.optional() }).transform((entry, context) => {
    const listed = readBookAddress(entry, assets, context)
    if (listed === undefined) return z.NEVER
    const owner = { wallet: entry.wallet, ...(entry.path !== undefined && { path: entry.path }) }
    return { place: placeOf(listed.address.key, listed.chainId), owner }
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
      return { place: taggedPlaceOf(placeOf(listed.address.key, listed.chainId), entry.tag ?? inAddress), listing }
    })

/** An entry without a tag allows no tagged payment: at an exchange, the tag names the customer who is paid. */
export const taggedPlaceOf = (place: string, tag: string | undefined): string =>
  tag === undefined ? place : `${place}\n${tag}`
