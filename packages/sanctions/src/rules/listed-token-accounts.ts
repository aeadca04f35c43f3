import { setImmediate as nextTurn } from 'node:timers/promises'
import { associatedTokenAccount, canonicalizeAddress, ChainsFault, type AddressKey } from '@callback-quorum/chains'
import type { AddressIndex, ListedMatch } from '../list/address-index.ts'
import { eachRow } from './each-row.ts'

/** A listed owner behind a token account that nobody named. */
export interface ListedOwner {
  readonly key: AddressKey
  readonly match: ListedMatch
}

type Accounts = ReadonlyMap<AddressKey, readonly ListedOwner[]>

interface OfIndex {
  readonly owners: Promise<readonly ListedOwner[]>
  readonly byMint: Map<AddressKey, Promise<Accounts>>
}

/** Deriving an owner's two accounts costs 1 to 2 ms: so long other callbacks wait each time. */
const OWNERS_PER_TURN = 2
/** Ten seconds of work for each mint: a callback that is asked again is answered by then. OFAC lists one such owner. */
const OWNERS_MAX = 5_000
/** Tokens that one organisation pays with; the least recently made is derived anew. */
const MINTS_MAX = 64
/** 32 bytes in base58. */
const SHAPE = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/
const PROGRAMS = ['token', 'token-2022'] as const

/**
 * The associated token accounts of every listed Solana owner, by mint: an SPL transfer names such an account instead of its owner, and an
 * owner cannot be told from it. Derived once for each version and mint, a few at a time.
 */
export class ListedTokenAccounts {
  readonly #ownersMax: number
  readonly #known = new WeakMap<AddressIndex, OfIndex>()

  constructor(ownersMax = OWNERS_MAX) {
    this.#ownersMax = ownersMax
  }

  /** Listed owners by the accounts that they have for these mints; undefined where they are too many to be derived. */
  async of(index: AddressIndex, mints: readonly AddressKey[]): Promise<readonly Accounts[] | undefined> {
    const known = this.#of(index)
    const owners = await known.owners
    if (owners.length > this.#ownersMax) return undefined
    return Promise.all(mints.map((mint) => accountsOf(known, owners, mint)))
  }

  #of(index: AddressIndex): OfIndex {
    const known = this.#known.get(index)
    if (known !== undefined) return known
    const made: OfIndex = { owners: ownersOf(index, this.#ownersMax), byMint: new Map() }
    this.#known.set(index, made)
    return made
  }
}

function accountsOf({ byMint }: OfIndex, owners: readonly ListedOwner[], mint: AddressKey): Promise<Accounts> {
  const known = byMint.get(mint)
  if (known !== undefined) return known
  const [oldest] = byMint.keys()
  if (oldest !== undefined && byMint.size >= MINTS_MAX) byMint.delete(oldest)
  const made = derive(owners, mint)
  byMint.set(mint, made)
  return made
}

/** One more than `max` when there are more. */
async function ownersOf(index: AddressIndex, max: number): Promise<readonly ListedOwner[]> {
  const { source, versionSha } = index
  const owners: ListedOwner[] = []
  for await (const row of eachRow(index)) {
    const key = SHAPE.test(row.value) ? solanaKey(row.value) : undefined
    if (key === undefined) continue
    if (owners.length > max) break
    const match = { source, versionSha, strength: 'L2', listRaw: row.value, listValueNormalised: false, row } as const
    owners.push({ key, match })
  }
  return owners
}

async function derive(owners: readonly ListedOwner[], mint: AddressKey): Promise<Accounts> {
  const accounts = new Map<AddressKey, ListedOwner[]>()
  for (const [position, owner] of owners.entries()) {
    if (position % OWNERS_PER_TURN === 0) await nextTurn()
    for (const program of PROGRAMS) {
      const account = associatedTokenAccount(owner.key, mint, program)
      accounts.set(account, [...(accounts.get(account) ?? []), owner])
    }
  }
  return accounts
}

function solanaKey(text: string): AddressKey | undefined {
  try {
    return canonicalizeAddress('solana', 'mainnet', text).key
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
