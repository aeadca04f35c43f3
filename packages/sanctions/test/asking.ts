import {
  canonicalizeAddress,
  ChainsFault,
  type CanonicalAddress,
  type Chain,
  type ChainFamily,
} from '@callback-quorum/chains'
import type { JudgeContext, Judgement, Output, Question, Rule } from '@callback-quorum/checker-kit'
import { businessKey, digestOf } from '@callback-quorum/protocol'

const digest = digestOf(new TextEncoder().encode('a request'))

export const NOW = new Date('2026-01-05T12:00:00Z')

export const chainOf = (family: ChainFamily, id: string = family): Chain => ({ id, family, network: 'mainnet' })

function read({ family, network }: Chain, text: string): CanonicalAddress | undefined {
  try {
    return canonicalizeAddress(family, network, text)
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}

/** As checker-kit describes a destination: with its canonical address where it has one. */
export function outputTo(chain: Chain | undefined, addressText: string): Output {
  const address = chain === undefined ? undefined : read(chain, addressText)
  return { addressText, own: false, amountAtomic: 1n, ...(address === undefined ? {} : { address }) }
}

export function questionOf(parts: Partial<Question>): Question {
  return {
    caller: 'node-1',
    platform: 'cobo',
    dialect: 'cobo-v2',
    kind: 'keysign',
    requestId: 'r-1',
    digest,
    organisation: 'acme',
    businessKey: businessKey('cobo', 'acme', 't-1'),
    transactionId: 't-1',
    operation: 'transfer',
    sources: [],
    outputs: [],
    signingHashes: [],
    contentDigest: digest,
    ...parts,
  }
}

export const paymentTo = (chain: Chain | undefined, address: string): Question =>
  questionOf({ ...(chain === undefined ? {} : { chain }), outputs: [outputTo(chain, address)] })

export async function judge(rule: Rule, question: Question, now: Date = NOW): Promise<Judgement> {
  if (rule.judge === undefined) throw new Error('the rule does not judge')
  const context: JudgeContext = { signal: new AbortController().signal, leftMs: 8_000, now, firstAskedAt: now }
  return rule.judge(question, context)
}

export const codesOf = (judgement: Judgement): readonly string[] => {
  switch (judgement.outcome) {
    case 'approve':
      return []
    case 'reject':
      return judgement.objections.map(({ code }) => code)
    case 'unable':
      return [judgement.code]
  }
}
