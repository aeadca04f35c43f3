import { describe, expect, it } from 'vitest'
import { NumberText } from '../src/index.ts'
import type { FireblocksMalformedCode } from '../src/index.ts'
import { changeOf, readWith } from './fireblocks-content.ts'
import type { Members } from './fireblocks-content.ts'

const read = (change: Members) => changeOf(readWith('config', change))
const raw = { threshold: new NumberText('2'), of: ['a'] }

/** Types that no public document describes (protocol/fireblocks.md 3). */
const UNDESCRIBED = [
  'ADD_USER',
  'RE_ENROLL_DEVICE',
  'ENABLE_ONE_TIME_ADDRESS',
  'CHANGE_QUORUM_THRESHOLD',
  'UPDATE_APPROVAL_GROUP_MAPPING',
  'USERS_GROUP_APPROVAL',
  'POLICY_APPROVAL',
  'POLICY_CHANGE',
]

describe('a change of the workspace', () => {
  it('tells who asks, and has no transaction', () => {
    expect(readWith('config', { signerId: 'admin-1', txId: 't-1' })).toEqual({
      result: 'request',
      requestId: 'r-1',
      signerId: 'admin-1',
      request: { endpoint: 'config', type: 'UNMANAGED_WALLET' },
    })
  })

  it('whitelists an address', () => {
    const extraInfo = { subType: 'EXTERNAL', walletName: 'Ops', walletId: 'w', asset: 'XRP', address: 'r1', tag: '7' }
    for (const info of [extraInfo, JSON.stringify(extraInfo), { ...extraInfo, more: 1 }]) {
      expect(read({ extraInfo: info })).toEqual({ endpoint: 'config', type: 'UNMANAGED_WALLET', extraInfo })
    }
    expect(read({ extraInfo: { subType: 'NEW', walletId: { id: 1 }, tag: null } })).toMatchObject({
      extraInfo: { subType: { unknown: 'NEW' }, walletId: { id: new NumberText('1') } },
    })
  })

  it.each(['EXCHANGE', 'FIAT_ACCOUNT'])('adds an account (%s), whose secret is nowhere in the model', (type) => {
    const info = { subType: 'KRAKEN', accountName: 'Desk', accountId: 'a-1' }
    const reading = readWith('config', {
      type,
      extraInfo: { ...info, apiKey: 'SECRET', addresses: '{"BTC":"bc1q","ETH":"0xab"}' },
    })
    const extraInfo = { ...info, addresses: { BTC: 'bc1q', ETH: '0xab' } }
    expect(changeOf(reading)).toEqual({ endpoint: 'config', type, extraInfo })
    expect(JSON.stringify(reading)).not.toContain('SECRET')
    const malformed = readWith('config', { type, extraInfo: { apiKey: 'SECRET', accountName: ['SECRET'] } })
    expect(malformed).toMatchObject({ result: 'malformed', code: 'CONFIG_INFO_INVALID' })
    expect(JSON.stringify(malformed)).not.toContain('SECRET')
  })

  it('opens a connection', () => {
    const info = { networkConnectionId: 'c', note: 'n', localNetworkID: 'l', remoteTenantID: 'r' }
    expect(
      read({ type: 'ADD_NETWORK_CONNECTION', extraInfo: { ...info, routingPolicy: '{"threshold":2,"of":["a"]}' } }),
    ).toEqual({
      endpoint: 'config',
      type: 'ADD_NETWORK_CONNECTION',
      extraInfo: { ...info, routingPolicy: raw },
    })
  })

  it.each([
    ['SET_NETWORK_CONNECTION_ROUTING_POLICY', 'connectionId'],
    ['SET_NETWORK_ID_POLICY', 'networkID'],
  ])('sets a route (%s) for %s, as a text or as JSON', (type, member) => {
    const routingPolicy = { threshold: 2, of: ['a'] }
    for (const policy of [routingPolicy, JSON.stringify(routingPolicy)]) {
      expect(read({ type, extraInfo: { [member]: 'c', routingPolicy: policy } })).toEqual({
        endpoint: 'config',
        type,
        extraInfo: { [member]: 'c', routingPolicy: raw },
      })
    }
  })

  it.each(UNDESCRIBED)('that nobody described, %s, keeps its extraInfo as it was written', (type) => {
    for (const extraInfo of [{ threshold: 2, of: ['a'] }, '{"threshold":2,"of":["a"]}']) {
      expect(read({ type, extraInfo })).toEqual({ endpoint: 'config', type, extraInfo: raw })
    }
    for (const extraInfo of [null, undefined, '', 'null']) {
      expect(read({ type, extraInfo })).toEqual({ endpoint: 'config', type })
    }
  })

  it('of an unknown type can be mistaken for none that is known', () => {
    for (const type of ['UNMANAGED_V2', 'unmanaged_wallet', 'PROTECTED_TAGS', '']) {
      expect(read({ type, extraInfo: { threshold: 2, of: ['a'] } })).toEqual({
        endpoint: 'config',
        type: { unknown: type },
        extraInfo: raw,
      })
    }
  })

  it.each<[FireblocksMalformedCode, string, Members]>([
    ['CONFIG_TYPE_INVALID', 'type', { type: undefined }],
    ['CONFIG_TYPE_INVALID', 'type', { type: null }],
    ['CONFIG_TYPE_INVALID', 'type', { type: 5 }],
    ['CONFIG_TYPE_INVALID', 'type', { type: ['EXCHANGE'] }],
    ['CONFIG_TYPE_INVALID', 'type', { type: 'A\n' }],
    ['CONFIG_TYPE_INVALID', 'type', { type: 'A'.repeat(257) }],
    ['CONFIG_INFO_INVALID', 'extraInfo', { extraInfo: 7 }],
    ['CONFIG_INFO_INVALID', 'extraInfo', { extraInfo: [] }],
    ['CONFIG_INFO_INVALID', 'extraInfo', { extraInfo: 'words' }],
    ['CONFIG_INFO_INVALID', 'extraInfo', { type: 'ADD_USER', extraInfo: 'words' }],
    ['CONFIG_INFO_INVALID', 'extraInfo', { type: 'brand new', extraInfo: '{"a":1,"a":1}' }],
    ['CONFIG_INFO_INVALID', 'extraInfo.address', { extraInfo: { address: 1 } }],
    ['CONFIG_INFO_INVALID', 'extraInfo.tag', { extraInfo: { tag: 7 } }],
    ['CONFIG_INFO_INVALID', 'extraInfo.walletId', { extraInfo: { walletId: 7 } }],
    ['CONFIG_INFO_INVALID', 'extraInfo.addresses', { type: 'EXCHANGE', extraInfo: { addresses: 'BTC' } }],
    ['CONFIG_INFO_INVALID', 'extraInfo.addresses', { type: 'EXCHANGE', extraInfo: { addresses: '[]' } }],
    ['CONFIG_INFO_INVALID', 'extraInfo.addresses', { type: 'EXCHANGE', extraInfo: { addresses: { BTC: 1 } } }],
    [
      'CONFIG_INFO_INVALID',
      'extraInfo.addresses',
      { type: 'EXCHANGE', extraInfo: { addresses: manyAddresses(1_001) } },
    ],
    [
      'CONFIG_INFO_INVALID',
      'extraInfo.routingPolicy',
      { type: 'SET_NETWORK_ID_POLICY', extraInfo: { routingPolicy: 'custom' } },
    ],
  ])('is malformed: %s at %s, %#', (code, member, change) => {
    const reason: unknown = expect.stringContaining(`member ${member}: `)
    expect(readWith('config', change)).toMatchObject({ result: 'malformed', requestId: 'r-1', code, reason })
  })

  it('keeps who asked when it is malformed', () => {
    expect(readWith('config', { signerId: 'admin-1', type: 5 })).toMatchObject({
      result: 'malformed',
      signerId: 'admin-1',
    })
    expect(readWith('config', { signerId: 5 })).toMatchObject({ result: 'malformed', code: 'SIGNER_ID_INVALID' })
  })
})

function manyAddresses(count: number): Members {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`A${String(index)}`, 'a']))
}
