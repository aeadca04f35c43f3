import { describe, expect, it } from 'vitest'
import { OTHER, PAID, questionAbout, refusalsOf } from './fireblocks-requests.ts'
import { addressBook, type Members } from './requests.ts'

const CHANGE = { kind: 'config-change' } as const
const info = { subType: 'EXTERNAL', walletName: 'Treasury', walletId: 'w-1', asset: 'ETH', address: PAID, tag: '' }
const whitelisting = (extraInfo: Members = info): Members => ({ requestId: 'c-1', type: 'UNMANAGED_WALLET', extraInfo })
const change = (type: string, extraInfo?: unknown): Members => ({ requestId: 'c-1', type, extraInfo })
const digestOf = (content: Members) => questionAbout(content, CHANGE).contentDigest

describe('an address that is to be whitelisted', () => {
  it('is the one output, of no amount, on the chain of its asset', () => {
    const question = questionAbout(whitelisting(), CHANGE)
    expect(question).toMatchObject({
      kind: 'config-change',
      signerId: 'api-user-1',
      businessKey: 'fireblocks:acme:config-change/c-1',
      transactionId: 'config-change/c-1',
      operation: 'config-change',
      chain: { id: 'ethereum' },
      asset: { id: 'ETH' },
      sources: [],
      signingHashes: [],
      configChange: {
        type: 'UNMANAGED_WALLET',
        subType: 'EXTERNAL',
        walletId: 'w-1',
        walletName: 'Treasury',
        addresses: [],
      },
    })
    expect(question.outputs).toEqual([{ addressText: PAID, address: expect.anything() as object, own: false }])
    expect(question).not.toHaveProperty('contentFields')
    expect(question).not.toHaveProperty('totalAtomic')
    expect(question).not.toHaveProperty('wallet')
  })

  it('keeps its tag, and is ours only where addresses.yaml says so', async () => {
    const xrp = { ...info, asset: 'XRP', address: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', tag: '77' }
    expect(questionAbout(whitelisting(xrp), CHANGE).outputs).toMatchObject([{ tag: '77', own: false }])
    const addresses = await addressBook(`own: [{ address: "${PAID}", chain: ethereum, wallet: "VAULT:1" }]\n`)
    expect(questionAbout(whitelisting(), { ...CHANGE, addresses }).outputs).toMatchObject([{ own: true }])
  })

  it('is left without an address that cannot be read or is not named', () => {
    for (const address of ['nowhere', undefined]) {
      const [output] = questionAbout(whitelisting({ ...info, address }), CHANGE).outputs
      expect(output).toEqual({ addressText: address ?? '', own: false })
    }
  })

  it.each([
    ['an asset that is not known', { ...info, asset: 'DOUBLOON' }, 'ASSET_UNKNOWN'],
    ['no asset', { ...info, asset: undefined }, 'ASSET_UNKNOWN'],
    ['a wallet that is an object', { ...info, walletId: { id: 'w-1' } }, 'CONFIG_INFO_UNREADABLE'],
    ['another kind of counterparty', { ...info, subType: 'UNIVERSAL' }, 'CONFIG_INFO_UNREADABLE'],
  ])('is refused with %s', (_, extraInfo, code) => {
    expect(refusalsOf(whitelisting(extraInfo), CHANGE)).toEqual([code])
  })

  it('has a content that every one of its members changes', () => {
    const changes: readonly Members[] = [
      { address: OTHER },
      { tag: '1' },
      { asset: 'ETH_TEST5' },
      { subType: 'INTERNAL' },
      { walletId: 'w-2' },
      { walletName: 'Other' },
    ]
    const digests = changes.map((one) => digestOf(whitelisting({ ...info, ...one })))
    expect(new Set([digestOf(whitelisting()), ...digests]).size).toBe(changes.length + 1)
    expect(digestOf(whitelisting({ ...info, unknown: 1 }))).toBe(digestOf(whitelisting()))
  })
})

describe('an account at an exchange or a bank', () => {
  const account = {
    subType: 'KRAKEN',
    accountName: 'Main',
    accountId: 'a-1',
    apiKey: 'SECRET-OF-A-THIRD-PARTY',
    addresses: JSON.stringify({ ETH: PAID, DOUBLOON: 'nowhere' }),
  }
  it.each(['EXCHANGE', 'FIAT_ACCOUNT'])('names its addresses, each with its own asset, as %s', (type) => {
    const question = questionAbout(change(type, account), CHANGE)
    expect(question.outputs).toEqual([])
    expect(question.configChange).toMatchObject({
      type,
      subType: 'KRAKEN',
      addresses: [
        { assetText: 'ETH', asset: { id: 'ETH' }, output: { addressText: PAID, own: false } },
        { assetText: 'DOUBLOON', output: { addressText: 'nowhere', own: false } },
      ],
    })
    expect(question.configChange?.addresses[1]).not.toHaveProperty('asset')
  })

  it('never holds the secret that comes with it, not even as a digest', () => {
    const question = questionAbout(change('EXCHANGE', account), CHANGE)
    const text = JSON.stringify(question, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    expect(text).not.toContain('SECRET')
    expect(digestOf(change('EXCHANGE', { ...account, apiKey: 'ANOTHER' }))).toBe(question.contentDigest)
    expect(digestOf(change('EXCHANGE', { ...account, accountId: 'a-2' }))).not.toBe(question.contentDigest)
  })
})

describe('a change that no public document describes', () => {
  const secret = { email: 'someone@acme.example', roles: ['ADMIN'], since: 1 }
  it('is known by its type alone; the rest is hashed and not shown', () => {
    const question = questionAbout(change('ADD_USER', secret), CHANGE)
    expect(question.configChange).toEqual({ type: 'ADD_USER', addresses: [] })
    expect(JSON.stringify(question)).not.toContain('acme.example')
    expect(digestOf(change('ADD_USER', { ...secret, since: 2 }))).not.toBe(question.contentDigest)
    expect(digestOf(change('ADD_USER', { ...secret, since: '1' }))).not.toBe(question.contentDigest)
    expect(digestOf(change('POLICY_CHANGE', secret))).not.toBe(question.contentDigest)
    expect(questionAbout(change('ADD_USER'), CHANGE).configChange).toEqual({ type: 'ADD_USER', addresses: [] })
  })

  it('of a network is hashed with its routing', () => {
    const connection = { networkConnectionId: 'n-1', routingPolicy: '{"crypto":"CUSTOM"}' }
    const other = { ...connection, routingPolicy: '{"crypto":"DEFAULT"}' }
    expect(digestOf(change('ADD_NETWORK_CONNECTION', other))).not.toBe(
      digestOf(change('ADD_NETWORK_CONNECTION', connection)),
    )
  })

  it('is refused when its type is not known', () => {
    expect(refusalsOf(change('GIVE_AWAY', {}), CHANGE)).toEqual(['CONFIG_TYPE_UNKNOWN'])
  })
})
