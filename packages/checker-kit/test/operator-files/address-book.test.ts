import { canonicalizeAddress, createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { ConfigError } from '@callback-quorum/service'
import { describe, expect, it } from 'vitest'
import { loadAddressBook } from '../../src/operator-files/address-book.ts'
import { addressBook, fileWith } from '../describe/requests.ts'

const assets = createAssetRegistry(STARTER_ASSETS)
const evm = (text: string) => canonicalizeAddress('evm', 'mainnet', text).key

const OURS = '0x13c475d9dae8058a8d9a8a724a83f1755db0165c'
const THEIRS = '0x44deca05623d5d85faa426c972064a944591561f'
const EXCHANGE = 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66'
const X_ADDRESS = 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB'
const exchange = canonicalizeAddress('xrp', 'mainnet', EXCHANGE).key

const BOOK = `
own:
  - { address: '${OURS}', chain: ethereum, wallet: hot-1, path: m/44/60/0/0/0 }
allow:
  - { address: '${THEIRS}', chain: ethereum, label: supplier, whitelisted_at: 2026-01-31T09:00:00Z }
  - { address: ${EXCHANGE}, chain: xrp, tag: '12345', whitelisted_at: 2026-02-01 }
`

const problemsOf = async (text: string): Promise<readonly string[]> => {
  const error = await addressBook(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConfigError)) throw new Error('the file was not refused')
  return error.problems.map((problem) => problem.replace(/^.*addresses\.yaml:/, ''))
}

describe('an address book', () => {
  it('knows the wallet and path of an address of ours by key and chain', async () => {
    const book = await addressBook(BOOK)
    expect(book.ownerOf(evm(OURS), 'ethereum')).toEqual({ wallet: 'hot-1', path: 'm/44/60/0/0/0' })
    expect(book.ownerOf(evm(OURS), 'base')).toBeUndefined()
    expect(book.ownerOf(evm(THEIRS), 'ethereum')).toBeUndefined()
  })

  it('knows the wallet of an address as it is written', async () => {
    const book = await addressBook(BOOK)
    expect(book.walletOf(OURS.toUpperCase().replace('0X', '0x'), 'ethereum')).toBe('hot-1')
    expect(book.walletOf(OURS, 'base')).toBeUndefined()
    expect(book.walletOf(OURS, 'no-such-chain')).toBeUndefined()
    expect(book.walletOf('not an address', 'ethereum')).toBeUndefined()
  })

  it('tells since when a destination is allowed', async () => {
    const book = await addressBook(BOOK)
    expect(book.allowListed(evm(THEIRS), 'ethereum')).toEqual({
      whitelistedAt: new Date('2026-01-31T09:00:00Z'),
      label: 'supplier',
    })
    expect(book.allowListed(evm(THEIRS), 'base')).toBeUndefined()
    expect(book.allowListed(evm(OURS), 'ethereum')).toBeUndefined()
  })

  it('allows a tagged destination with its own tag only', async () => {
    const book = await addressBook(BOOK)
    expect(book.allowListed(exchange, 'xrp', '12345')).toEqual({ whitelistedAt: new Date('2026-02-01T00:00:00Z') })
    expect(book.allowListed(exchange, 'xrp', '12346')).toBeUndefined()
    expect(book.allowListed(exchange, 'xrp')).toBeUndefined()
  })

  it('does not allow a tagged payment by an entry without a tag', async () => {
    const book = await addressBook(BOOK)
    expect(book.allowListed(evm(THEIRS), 'ethereum', '1')).toBeUndefined()
  })

  it('takes the tag from an address that holds one', async () => {
    const book = await addressBook(`allow: [{ address: ${X_ADDRESS}, chain: xrp, whitelisted_at: 2026-02-01 }]`)
    expect(book.allowListed(exchange, 'xrp', '12345')).toBeDefined()
    expect(book.allowListed(exchange, 'xrp')).toBeUndefined()
  })

  it('is empty without a file', async () => {
    const book = await loadAddressBook(undefined, assets)
    expect(book.ownerOf(evm(OURS), 'ethereum')).toBeUndefined()
    expect(book.allowListed(evm(THEIRS), 'ethereum')).toBeUndefined()
  })

  it('has a digest of its content, not of its layout', async () => {
    const digest = async (text: string) => (await addressBook(text)).digest
    expect(await digest(BOOK)).toMatch(/^[0-9a-f]{64}$/)
    expect(await digest(`# reviewed in spring\n${BOOK}`)).toBe(await digest(BOOK))
    expect(await digest(BOOK.replace('hot-1', 'hot-2'))).not.toBe(await digest(BOOK))
    expect(await digest(BOOK)).not.toBe((await loadAddressBook(undefined, assets)).digest)
  })
})

describe('addresses.yaml is refused', () => {
  it('with every problem at its own line', async () => {
    const problems = await problemsOf(`own:
  - { address: '0x13c4', chain: ethereum, wallet: hot-1 }
  - { address: '${OURS}', chain: no-such-chain, wallet: hot-1 }
allow:
  - { address: '${THEIRS}', chain: ethereum, whitelisted_at: yesterday }
  - { address: '${THEIRS}', chain: ethereum }
  - { address: '${THEIRS}', chain: ethereum, whitelisted_at: 2026-02-30 }
`)
    expect(problems).toHaveLength(5)
    expect(problems[0]).toMatch(/^2:.*own\[0\]\.address: is not an address of ethereum/)
    expect(problems[1]).toMatch(/^3:.*own\[1\]\.chain: is not a chain of the asset registry/)
    expect(problems[2]).toMatch(/^5:.*allow\[0\]\.whitelisted_at: .*expected a day or an instant/)
    expect(problems[3]).toMatch(/^6:.*allow\[1\]\.whitelisted_at: is missing/)
    expect(problems[4]).toMatch(/^7:.*allow\[2\]\.whitelisted_at: /)
  })

  it.each([
    ['an unknown member', `own: [{ address: '${OURS}', chain: ethereum, wallet: w, owner: me }]`, /not a known key/],
    ['an unknown list', 'owned: []', /not a known key/],
    [
      'an address with a mistyped checksum',
      `own: [{ address: '0x13C475d9dae8058a8d9a8a724a83f1755db0165c', chain: ethereum, wallet: w }]`,
      /checksum/,
    ],
    [
      'an address of another network',
      `own: [{ address: mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn, chain: bitcoin, wallet: w }]`,
      /not an address of bitcoin/,
    ],
    [
      'a tag that the address contradicts',
      `allow: [{ address: ${X_ADDRESS}, chain: xrp, tag: '1', whitelisted_at: 2026-02-01 }]`,
      /differs from the tag/,
    ],
    ['an empty wallet name', `own: [{ address: '${OURS}', chain: ethereum, wallet: '' }]`, /wallet/],
  ])('for %s', async (_, text, problem) => {
    expect((await problemsOf(text)).join('\n')).toMatch(problem)
  })

  it('for one address of ours in two wallets, whatever its spelling', async () => {
    const second = OURS.toUpperCase().replace('0X', '0x')
    const text = `own:
  - { address: '${OURS}', chain: ethereum, wallet: hot-1 }
  - { address: '${OURS}', chain: base, wallet: hot-1 }
  - { address: '${second}', chain: ethereum, wallet: hot-2 }
`
    const problems = await problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^4:.*own\[2\]: says again what entry 1/)
  })

  it('when it is not there', async () => {
    const path = await fileWith('', 'addresses.yaml')
    await expect(loadAddressBook(`${path}.missing`, assets)).rejects.toThrow(ConfigError)
  })
})
