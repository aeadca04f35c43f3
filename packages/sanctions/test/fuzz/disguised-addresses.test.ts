import { CHAIN_FAMILIES, readListedAddress, type ChainFamily } from '@callback-quorum/chains'
import { expect, test } from 'vitest'
import { buildAddressIndex, type AddressIndex } from '../../src/list/address-index.ts'
import { chainOf, codesOf, judge, NOW, paymentTo } from '../asking.ts'
import { sha256 } from '../advanced-xml.ts'
import { ruleOf } from '../rule-under-test.ts'
import { makeAddress, type MadeAddress } from './made-address.ts'
import { Random } from './random.ts'
import { trickOf, UNCHECKED_FAMILIES } from './spelling-tricks.ts'

/** As mutated-lists.test.ts says; two spellings for each of its files. */
const RUNS = 2 * Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 1_500)
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const ADDRESSES = 60
/** Questions on a chain of another family; the rest are on the address's own. */
const OTHER_CHAIN_ONE_IN = 5
/** Where any text of the right length is an address, the text of another chain may well be one that nobody lists. */
const OTHER_FAMILIES = CHAIN_FAMILIES.filter((family) => !UNCHECKED_FAMILIES.includes(family))

function listOf(addresses: readonly MadeAddress[], random: Random): Promise<AddressIndex> {
  const rows = addresses.map(({ spellings }, position) => ({
    featureId: String(position),
    code: 'XBT',
    value: random.pick(spellings).text,
    partyId: String(position),
    partyName: 'Somebody',
    programs: ['CYBER2'],
    listIds: ['1550'],
    unparsed: false,
  }))
  return buildAddressIndex('ofac-sdn', { sha256: sha256('made'), codes: ['XBT'], rows }, NOW.getTime())
}

test('however a listed address is written, a payment to it is not approved', { timeout: 600_000 }, async () => {
  console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS / 2)}`)
  const random = new Random(SEED)
  const addresses = Array.from({ length: ADDRESSES }, () => makeAddress(random))
  const rule = ruleOf(await listOf(addresses, random))
  const unlisted = new Map(
    Array.from({ length: ADDRESSES }, () => makeAddress(random)).flatMap(({ spellings }) =>
      spellings.map(({ family, text }) => [family, text] as const),
    ),
  )
  for (const [family, text] of unlisted)
    expect([family, codesOf(await judge(rule, paymentTo(chainOf(family), text)))]).toEqual([family, []])
  const counts = new Map<string, number>()
  const approved: string[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const { spellings } = random.pick(addresses)
    const { family, text } = random.pick(spellings)
    const asked = random.oneIn(10) ? text : trickOf(family, text, random)
    // A list may hold anything too: its values are read by every family, and none may break over one.
    if (/[^ ]/.test(asked)) readListedAddress(asked)
    const on: ChainFamily = random.oneIn(OTHER_CHAIN_ONE_IN) ? random.pick(OTHER_FAMILIES) : family
    const chain = random.oneIn(50) ? undefined : chainOf(on)
    const clean = unlisted.get(on)
    const question =
      clean !== undefined && random.oneIn(4)
        ? { ...paymentTo(chain, clean), sources: [asked] }
        : paymentTo(chain, asked)
    const codes = codesOf(await judge(rule, question))
    const [code = 'approved'] = codes
    counts.set(code, (counts.get(code) ?? 0) + 1)
    if (codes.length === 0) approved.push(`${JSON.stringify(asked)} (${JSON.stringify(text)}) on ${on}`)
  }
  console.info([...counts].map(([code, times]) => `${code} ${String(times)}`).join(', '))
  expect(approved).toEqual([])
  // Both ways to refuse were seen: nothing here rests on one of them alone.
  expect(counts.get('SANCTIONS_MATCH')).toBeGreaterThan(RUNS / 10)
  expect(counts.get('ADDRESS_INVALID')).toBeGreaterThan(RUNS / 10)
})
