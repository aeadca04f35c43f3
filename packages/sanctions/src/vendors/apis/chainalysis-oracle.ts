import { z } from 'zod'
import { AnswerFault } from '../answers/answer-fault.ts'
import { readAnswer } from '../answers/read-answer.ts'
import { coverageOf } from '../coverage-of.ts'
import type { Screening, VendorApi } from '../vendor.ts'
import type { ChainalysisOracleConfig } from '../vendors-config.ts'

/** First four bytes of Keccak-256 of `isSanctioned(address)` (Solidity ABI specification, "Function Selector"). */
const SELECTOR = 'df592f7d'
const WORD_DIGITS = 64
const FALSE = `0x${'0'.repeat(WORD_DIGITS)}`
const TRUE = `0x${'0'.repeat(WORD_DIGITS - 1)}1`
/** A block of the future is a wrong clock here or a made-up block there. */
const BLOCK_AHEAD_MS_MAX = 60_000

const IDS = { chain: '1', block: '2', call: '3' } as const
const QUANTITY = /^0x(?:0|[1-9a-f][0-9a-f]{0,12})$/i

/** JSON-RPC 2.0: one of result and error; ids come out as texts. */
const response = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.string(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
})
const answerSchema = z.array(response).length(3)
const blockSchema = z.object({ timestamp: z.string().regex(QUANTITY) })

/**
 * The sanctions oracle, a contract on Ethereum that Chainalysis keeps: `isSanctioned(address)` by `eth_call` at a node of ours. In the
 * same batch the node says which chain it is on and how old its newest block is: a node on another chain, or one that stopped, would
 * call everybody clean. Sources: sanctions-oracle page of Chainalysis (contract, function); ethereum.org JSON-RPC API; its addresses
 * on other chains are not verified, hence `contract` and `chain_id`.
 */
export function chainalysisOracle(config: ChainalysisOracleConfig): VendorApi {
  return {
    readsText: true,
    coverage: coverageOf(['evm'], config.outside_coverage),
    exchange: ({ text }, { key }, nowMs) => ({
      method: 'POST',
      path: config.path.replace('{key}', encodeURIComponent(key ?? '')),
      headers: key === undefined || config.path.includes('{key}') ? {} : { authorization: `Bearer ${key}` },
      body: JSON.stringify(batch(config.contract, text)),
      statuses: [200],
      read: ({ body }) => readBatch(body, config, nowMs),
    }),
  }
}

/** The call as a node takes it: selector, then the address in a word of 32 bytes (Solidity ABI specification, "Types"). */
function batch(contract: string, address: string): readonly object[] {
  const data = `0x${SELECTOR}${address.slice(2).padStart(WORD_DIGITS, '0')}`
  return [
    { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] },
    { jsonrpc: '2.0', id: 2, method: 'eth_getBlockByNumber', params: ['latest', false] },
    { jsonrpc: '2.0', id: 3, method: 'eth_call', params: [{ to: contract, data }, 'latest'] },
  ]
}

function readBatch(body: Uint8Array, config: ChainalysisOracleConfig, nowMs: number): Screening {
  const responses = readAnswer(body, answerSchema)
  const resultOf = (id: string): unknown => {
    const [found, ...others] = responses.filter((entry) => entry.id === id)
    if (found === undefined || others.length > 0) throw new AnswerFault('the node did not answer each call once')
    if (found.error !== undefined && found.error !== null) throw new AnswerFault('the node answered with an error')
    return found.result
  }
  const chain = resultOf(IDS.chain)
  if (typeof chain !== 'string' || !QUANTITY.test(chain) || Number(chain) !== config.chain_id)
    throw new AnswerFault('the node is on another chain')
  const block = blockSchema.safeParse(resultOf(IDS.block))
  if (!block.success) throw new AnswerFault('the node names no newest block')
  const ageMs = nowMs - Number(block.data.timestamp) * 1_000
  if (ageMs > config.block_age_max || ageMs < -BLOCK_AHEAD_MS_MAX)
    throw new AnswerFault('the newest block of the node is too old or of the future')
  const called = resultOf(IDS.call)
  if (called === TRUE)
    return { status: 'ok', findings: [{ category: 'sanctions', level: 'isSanctioned', effect: 'reject' }] }
  // `0x` is what a call gives where no contract is.
  if (called !== FALSE) throw new AnswerFault('the oracle gave no boolean')
  return { status: 'ok', findings: [] }
}
