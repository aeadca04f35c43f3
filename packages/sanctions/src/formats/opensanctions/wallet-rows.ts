import type { ListedRow } from '../../list/listed-row.ts'
import { isAddressShaped, splitVersionDetail } from '../split-version-detail.ts'
import type { FtmEntity } from './ftm-entity.ts'
import type { SanctionBook } from './sanction-book.ts'

/** A code becomes a label of metrics: short, and never an address. */
const CURRENCY = /^[\p{L}\p{N} ._-]{1,16}$/u
const NO_CURRENCY = 'any'

export interface Wallet {
  readonly id: string
  readonly code: string
  readonly values: readonly { readonly value: string; readonly unparsed: boolean }[]
  readonly holders: readonly string[]
  readonly topics: readonly string[]
  readonly datasets: readonly string[]
  readonly comment: string
}

/** What is kept of a CryptoWallet entity. Throws SanctionsFault `ERR_SANCTIONS_LIST_STRUCTURE`. */
export function walletOf(entity: FtmEntity): Wallet {
  const [currency = NO_CURRENCY] = [...entity.values('currency'), ...entity.values('currencySymbol')]
  return {
    id: entity.id,
    code: CURRENCY.test(currency) ? currency : NO_CURRENCY,
    values: valuesOf(entity),
    holders: entity.values('holder'),
    topics: entity.values('topics'),
    datasets: entity.datasets,
    comment: entity.values('managingExchange').join('; '),
  }
}

/** Keys, and accounts at an exchange as exact strings. A wallet that has neither is known by its name alone. */
function valuesOf(entity: FtmEntity): Wallet['values'] {
  const accounts = entity.values('accountId').map((value) => ({ value, unparsed: !isAddressShaped(value) }))
  const found = [...entity.values('publicKey').flatMap(partsOf), ...accounts].filter(({ value }) => value !== '')
  if (found.length > 0) return found
  const names = [...entity.values('name'), entity.caption].flatMap(partsOf)
  return names.length > 0 ? names : [{ value: '', unparsed: true }]
}

function partsOf(text: string): Wallet['values'] {
  const { values, unparsed } = splitVersionDetail(text)
  return [
    ...values.map((value) => ({ value, unparsed: false })),
    ...unparsed.map((value) => ({ value, unparsed: true })),
  ]
}

/** One row for each value and holder: with several holders, the delisting of one leaves the others'. */
export function walletRows(
  wallet: Wallet,
  names: ReadonlyMap<string, string>,
  sanctions: SanctionBook,
): readonly ListedRow[] {
  const parties = wallet.holders.length === 0 ? [wallet.id] : wallet.holders
  const until = endOf(wallet, sanctions)
  const own = sanctions.of(wallet.id)
  return parties.flatMap((partyId) => {
    const holder = sanctions.of(partyId)
    const [designatedOn] = [own.startedOn, holder.startedOn].filter((day) => day !== undefined).sort()
    return wallet.values.map(({ value, unparsed }) => ({
      featureId: wallet.id,
      code: wallet.code,
      value,
      partyId,
      partyName: names.get(partyId) ?? '',
      programs: [...new Set([...own.programs, ...holder.programs, ...wallet.topics])],
      listIds: wallet.datasets,
      ...(designatedOn === undefined ? {} : { designatedOn }),
      ...(wallet.comment === '' ? {} : { comment: wallet.comment }),
      unparsed,
      ...(until === undefined ? {} : { until }),
    }))
  })
}

/**
 * A listing ends when everything says so: the wallet has sanctions and each has an end, the publisher no longer gives it a topic, and
 * nobody who holds it has a sanction of their own.
 */
function endOf({ id, holders, topics }: Wallet, sanctions: SanctionBook): string | undefined {
  const own = sanctions.of(id)
  if (own.endsOn === undefined || topics.length > 0) return undefined
  return holders.some((holder) => sanctions.isUnder(holder)) ? undefined : own.endsOn
}
