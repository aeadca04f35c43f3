import { canonicalizeAddress, ChainsFault, parseAmount } from '@callback-quorum/chains'
import { PERSON_EXPECTED, readPerson } from './person.ts'
import { isReference } from './reference.ts'
import { CURRENCIES, CURRENCY_DECIMALS, CUSTOMER_LENGTH_MAX, type NewWithdrawal } from './withdrawal.ts'

/** In the order in which the form asks for them. */
export const FORM_FIELDS = [
  'reference',
  'customer',
  'currency',
  'amount',
  'address',
  'valid_for',
  'created_by',
] as const
export type FormField = (typeof FORM_FIELDS)[number]

/** What was typed, as it was typed. */
export type FormText = Readonly<Record<FormField, string>>
/** What was expected instead, by field. */
export type FormProblems = Readonly<Partial<Record<FormField, string>>>

/** How long a withdrawal may be paid; the shortest one is for seeing it expire. */
export const VALID_FOR_MS = {
  '1 minute': 60_000,
  '1 hour': 3_600_000,
  '2 days': 172_800_000,
  '7 days': 604_800_000,
} as const
export const VALID_FOR_DEFAULT = '2 days'

export type ReadForm = { readonly withdrawal: NewWithdrawal } | { readonly problems: FormProblems }

/** Reads every field, so that all problems are told at once. Each problem says what was expected. */
export function readWithdrawalForm(text: FormText, now: Date): ReadForm {
  const reference = text.reference.trim()
  const customer = text.customer.trim()
  const currency = CURRENCIES.find((known) => known === text.currency)
  const address = text.address.trim()
  const validForMs = Object.entries(VALID_FOR_MS).find(([name]) => name === text.valid_for)?.[1]
  const createdBy = readPerson(text.created_by)
  const amount = text.amount.trim()
  const problems: Record<FormField, string | undefined> = {
    reference: isReference(reference)
      ? undefined
      : 'WD-, the day, six hex digits and a number, such as WD-20261121-0a1b2c-01',
    customer: isCustomer(customer) ? undefined : `a name in one line, at most ${CUSTOMER_LENGTH_MAX} characters`,
    currency: currency === undefined ? CURRENCIES.join(' or ') : undefined,
    amount: amountProblem(amount, currency),
    address: addressProblem(address),
    valid_for: validForMs === undefined ? `one of ${Object.keys(VALID_FOR_MS).join(', ')}` : undefined,
    created_by: createdBy === undefined ? PERSON_EXPECTED : undefined,
  }
  const wrong = Object.entries(problems).filter(([, expected]) => expected !== undefined)
  if (wrong.length > 0 || currency === undefined || validForMs === undefined || createdBy === undefined)
    return { problems: Object.fromEntries(wrong) }
  const validUntil = new Date(now.getTime() + validForMs)
  return { withdrawal: { reference, customer, currency, amount, address, createdBy, validUntil } }
}

/** One line without control characters. */
export const isCustomer = (text: string): boolean =>
  text.length > 0 && text.length <= CUSTOMER_LENGTH_MAX && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)

/** An amount that no payment exceeds, and that the table's column holds. */
const WHOLE_DIGITS_MAX = 20

export function amountProblem(text: string, currency: keyof typeof CURRENCY_DECIMALS | undefined): string | undefined {
  const decimals = currency === undefined ? Math.max(...Object.values(CURRENCY_DECIMALS)) : CURRENCY_DECIMALS[currency]
  const expected = `a number above 0 with a point and at most ${decimals} decimals, such as 1250.50`
  try {
    const isSmallEnough = (text.split('.')[0] ?? '').length <= WHOLE_DIGITS_MAX
    return parseAmount(text, decimals) > 0n && isSmallEnough ? undefined : expected
  } catch (error) {
    if (error instanceof ChainsFault) return expected
    throw error
  }
}

export function addressProblem(text: string): string | undefined {
  const expected = '0x and 40 hex digits; capital letters must fit the checksum (EIP-55)'
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return expected
  try {
    const { warnings } = canonicalizeAddress('evm', 'mainnet', text)
    return warnings.includes('ADDRESS_CHECKSUM') ? expected : undefined
  } catch (error) {
    if (error instanceof ChainsFault) return expected
    throw error
  }
}
