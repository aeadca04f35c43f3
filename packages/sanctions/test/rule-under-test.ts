import type { Chain } from '@callback-quorum/chains'
import type { Judgement, Rule } from '@callback-quorum/checker-kit'
import type { AddressIndex } from '../src/list/address-index.ts'
import { listedAddress, type ListedAddressOptions } from '../src/rules/listed-address.ts'
import { chainOf, judge, paymentTo } from './asking.ts'
import { freshList, indexOf, V11 } from './lists.ts'

export const LAZARUS = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'
export const CLEAN = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
export const CLEAN_BTC = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'
export const ETH = chainOf('evm', 'ETH')

export const ruleOf = (index: AddressIndex, policy: Partial<Omit<ListedAddressOptions, 'lists'>> = {}): Rule =>
  listedAddress({ lists: [freshList(index)], sameKey: 'reject', addressChecksum: 'reject', ...policy })

/** The list of 2025-11-19 and the strict rule on it, built once for each test file. */
export const v11 = await indexOf(V11)
export const rule = ruleOf(v11)

export const screen = (chain: Chain | undefined, address: string): Promise<Judgement> =>
  judge(rule, paymentTo(chain, address))
