import { canonicalizeAddress, ChainsFault, type AddressKey, type AssetRegistry } from '@callback-quorum/chains'
import { parseConfigText, readConfigFile, type ConfigFile } from '@callback-quorum/service'
import { addressBookSchema, taggedPlaceOf } from './address-book-schema.ts'
import { placeOf, type BookAddress } from './book-address.ts'

export interface OwnAddress {
  /** As the platform names the wallet (Cobo v2: its wallet_id), because v2 requests are compared with it. */
  readonly wallet: string
  readonly path?: string
}

export interface AllowListing {
  readonly whitelistedAt: Date
  readonly label?: string
}

export interface ListedAddress {
  readonly key: AddressKey
  /** As the file writes it. */
  readonly text: string
}

/** What the operator knows about addresses (addresses.yaml). Nothing that a request says about an address changes its answers. */
export interface AddressBook {
  /** By the exact key on the exact chain. */
  ownerOf(key: AddressKey, chainId: string): OwnAddress | undefined
  /** The wallet of an address as it is written; undefined when it cannot be read, its chain is unknown or it is not ours. */
  walletOf(addressText: string, chainId: string): string | undefined
  /** By exact key, chain and tag; a listing without a tag allows no tagged payment. */
  allowListed(key: AddressKey, chainId: string, tag?: string): AllowListing | undefined
  /** By chain, key and tag on lines of their own: everything that `allowListed` finds. */
  readonly allowListings: readonly (AllowListing & { readonly place: string })[]
  /** Every address of a chain that the file names, ours and allow-listed. */
  listedOn(chainId: string): readonly ListedAddress[]
  /** An extended public key whose children are ours. */
  isOwnRootKey(rootPubKey: string): boolean
  /** The file names root keys: then no other one signs for us. */
  readonly namesRootKeys: boolean
  /** Of the file's content, for the policy digest. */
  readonly digest: string
}

/** Reads addresses.yaml; throws ConfigError with every problem at its line. No path is an empty book: nothing is ours or allowed. */
export async function loadAddressBook(path: string | undefined, assets: AssetRegistry): Promise<AddressBook> {
  const schema = addressBookSchema(assets)
  if (path === undefined)
    return createAddressBook(parseConfigText('own: []\nallow: []\nroot_keys: []\n', 'addresses', schema, {}), assets)
  return createAddressBook(await readConfigFile(path, schema, {}), assets)
}

type Entries = ConfigFile<{
  readonly own: readonly { readonly place: string; readonly listed: BookAddress; readonly owner: OwnAddress }[]
  readonly allow: readonly { readonly place: string; readonly listed: BookAddress; readonly listing: AllowListing }[]
  readonly root_keys: readonly string[]
}>

function createAddressBook({ value, digest }: Entries, assets: AssetRegistry): AddressBook {
  const owners = new Map(value.own.map(({ place, owner }) => [place, owner]))
  const listings = new Map(value.allow.map(({ place, listing }) => [place, listing]))
  const listed = [...value.own, ...value.allow].map((entry) => entry.listed)
  const ownerOf = (key: AddressKey, chainId: string) => owners.get(placeOf(key, chainId))

  return {
    digest,
    allowListings: value.allow.map(({ place, listing }) => ({ place, ...listing })),
    ownerOf,
    listedOn: (chainId) =>
      listed.filter((entry) => entry.chainId === chainId).map(({ address: { key, raw } }) => ({ key, text: raw })),
    namesRootKeys: value.root_keys.length > 0,
    isOwnRootKey: (rootPubKey) => value.root_keys.includes(rootPubKey),
    walletOf(addressText, chainId) {
      const chain = assets.chain(chainId)
      if (chain === undefined) return undefined
      try {
        return ownerOf(canonicalizeAddress(chain.family, chain.network, addressText).key, chainId)?.wallet
      } catch (error) {
        if (error instanceof ChainsFault) return undefined
        throw error
      }
    },
    allowListed: (key, chainId, tag) => listings.get(taggedPlaceOf(placeOf(key, chainId), tag)),
  }
}
