import type { Account, Effect } from '../../transaction/effect.ts'
import type { AbiValue } from './abi.ts'

export interface Call {
  readonly to: Account
  readonly valueAtomic: bigint
  readonly data: Uint8Array
  readonly at: string
  /** A delegatecall: the code of `to` runs as whoever calls. No coins go along, and `to` itself does nothing. */
  readonly isDelegated?: boolean
}

/** How the chain writes an account of 20 bytes: EVM and TRON differ only in that. */
export type AccountOf = (bytes20: Uint8Array) => Account

/** Where a call stands. */
export interface Scope {
  readonly call: Call
  readonly accountOf: AccountOf
  /** Who calls; absent: the account that signs. */
  readonly from?: Account
  /** The effects of a call inside this one, by another caller where one is named. */
  inside(call: Call, from?: Account): readonly Effect[]
  /** For what a standard allows and is not understood here. */
  unknown(detail: string): readonly Effect[]
}

/** A function of a standard: its signature, and what a call with these parameters does. */
export interface KnownFunction {
  readonly signature: string
  /** May take coins along: they go to the contract and are named apart. */
  readonly isPayable?: boolean
  /** Made to be run by delegatecall, where it means the same. All others touch the storage of whoever runs them: nobody knows how. */
  readonly isLibrary?: boolean
  readonly effects: (parameters: Parameters, scope: Scope) => readonly Effect[]
}

/** Typed access to decoded parameters: a signature and its reader stand side by side, so a mismatch is a bug. */
export class Parameters {
  readonly #values: readonly AbiValue[]
  readonly #accountOf: AccountOf

  constructor(values: readonly AbiValue[], accountOf: AccountOf) {
    this.#values = values
    this.#accountOf = accountOf
  }

  account(index: number): Account {
    return this.#accountOf(this.bytes(index))
  }

  bytes(index: number): Uint8Array {
    const value = this.#values[index]
    if (!(value instanceof Uint8Array)) throw new Error(`invariant: parameter ${String(index)} is bytes`)
    return value
  }

  integer(index: number): bigint {
    const value = this.#values[index]
    if (typeof value !== 'bigint') throw new Error(`invariant: parameter ${String(index)} is an integer`)
    return value
  }

  flag(index: number): boolean {
    const value = this.#values[index]
    if (typeof value !== 'boolean') throw new Error(`invariant: parameter ${String(index)} is a flag`)
    return value
  }

  /** Each element of an array as the one parameter of its own. */
  list(index: number): readonly Parameters[] {
    return this.#members(index).map((value) => new Parameters([value], this.#accountOf))
  }

  /** Each element of an array of tuples. */
  tuples(index: number): readonly Parameters[] {
    return this.#members(index).map((value) => new Parameters(asList(value, index), this.#accountOf))
  }

  tuple(index: number): Parameters {
    return new Parameters(this.#members(index), this.#accountOf)
  }

  #members(index: number): readonly AbiValue[] {
    return asList(this.#values[index], index)
  }
}

function asList(value: AbiValue | undefined, index: number): readonly AbiValue[] {
  if (!Array.isArray(value)) throw new Error(`invariant: parameter ${String(index)} is a list`)
  return value as readonly AbiValue[]
}
