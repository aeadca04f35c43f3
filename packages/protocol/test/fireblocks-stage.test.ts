import { expect, it } from 'vitest'
import { stageOf } from '../src/index.ts'
import type { FireblocksStage } from '../src/index.ts'
import { readWith, transactionOf } from './fireblocks-content.ts'
import type { Members } from './fireblocks-content.ts'

it.each<[FireblocksStage, Members]>([
  ['approval', {}],
  ['approval', { destinations: [] }],
  ['approval', { destinations: [{ dstAddress: '0xab' }], amountStr: '1', note: 'a' }],
  ['approval', { fee: null, rawTx: null, players: null, destinations: [{ displayDstAddress: null }] }],
  ['signing', { fee: '0' }],
  ['signing', { fee: '0.1', players: [] }],
  ['signing', { rawTx: [{ rawTx: 'ab' }] }],
  ['signing', { destinations: [{}, { displayDstAddress: '0xab' }] }],
  ['signing', { fee: '1', destinations: [{ displayDstAddress: '0xab' }] }],
  ['ambiguous', { players: ['a', 'b', 'c'] }],
  ['ambiguous', { players: [] }],
  ['ambiguous', { rawTx: [] }],
  ['ambiguous', { destinations: [{ displayDstAddress: '' }] }],
])('a request looks like %s with %j', (stage, change) => {
  expect(stageOf(transactionOf(readWith('tx', change)))).toBe(stage)
})
