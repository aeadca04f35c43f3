import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { digestOf, readCoboRequest, type CoboDialect } from '@callback-quorum/protocol'
import { CUSTODY, packageBytes, type CoboPackage } from '@callback-quorum/simulator'
import { bind, type Bound } from '../../src/bind/bind.ts'
import { describeCobo } from '../../src/describe/describe-cobo.ts'
import { loadAddressBook, type AddressBook } from '../../src/operator-files/address-book.ts'

export const assets = createAssetRegistry(STARTER_ASSETS)
export const nobodysBook = await loadAddressBook(undefined, assets)

type Json = Record<string, unknown>
export interface Parts {
  readonly detail: Json
  readonly extra: Json & { transaction: Json & { destination: Json; raw_tx_info: Json; fee: Json } }
}

/** A package with members changed by `change`, written again as the wire has it. */
export function changed(content: CoboPackage, change: (parts: Parts) => void): CoboPackage {
  const parts: Parts = {
    detail: JSON.parse(content.request_detail ?? '') as Json,
    extra: JSON.parse(content.extra_info ?? '') as Parts['extra'],
  }
  change(parts)
  return { ...content, request_detail: JSON.stringify(parts.detail), extra_info: JSON.stringify(parts.extra) }
}

/** Reads, describes and binds a package as a checker does. Refusals of the description come out as refusals too. */
export function bindingOf(
  content: CoboPackage,
  dialect: CoboDialect = 'cobo-v2',
  addresses: AddressBook = nobodysBook,
): Bound {
  const bytes = packageBytes(content)
  const reading = readCoboRequest(dialect, bytes)
  if (reading.result !== 'request') throw new Error(`not a request: ${JSON.stringify(reading)}`)
  const caller = { name: 'node', organisation: CUSTODY.organisation, platform: 'cobo' } as const
  const described = describeCobo(reading.request, { caller, digest: digestOf(bytes), assets, addresses })
  if ('objections' in described) return { result: 'refused', objections: described.objections }
  return bind(reading.request, described.question, { assets, addresses })
}

export const codesOf = (bound: Bound): readonly string[] => {
  switch (bound.result) {
    case 'bound':
      return []
    case 'unbound':
      return [bound.code]
    case 'refused':
      return bound.objections.map(({ code }) => code)
  }
}
