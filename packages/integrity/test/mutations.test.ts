import { testRootPubkey, type CoboPackage } from '@callback-quorum/simulator'
import { beforeAll, describe, expect, test } from 'vitest'
import { bitcoinCase } from './cases/bitcoin-case.ts'
import { evmCase } from './cases/evm-case.ts'
import type { ChainCase } from './cases/chain-case.ts'
import { flipHash, flipRaw } from './cases/mutate-package.ts'
import { solanaCase } from './cases/solana-case.ts'
import { tronCase } from './cases/tron-case.ts'
import { Random } from './cases/random.ts'
import { createIntegrity, type Integrity } from './integrity-rig.ts'

/** CALLBACK_QUORUM_RUNS=10000 is the long run; its result stands in test/results. */
const RUNS = Number(process.env['CALLBACK_QUORUM_RUNS'] ?? 60)
const SEED = Number(process.env['CALLBACK_QUORUM_SEED'] ?? Math.floor(Math.random() * 2 ** 32))

let integrity: Integrity
beforeAll(async () => {
  integrity = await createIntegrity({ addresses: `root_keys: [${testRootPubkey()}]\n` })
  console.info(`CALLBACK_QUORUM_SEED=${String(SEED)} CALLBACK_QUORUM_RUNS=${String(RUNS)}`)
})

/** What was approved although it must not be, with what is needed to see it again. */
async function approvals(make: (random: Random) => CoboPackage | undefined): Promise<readonly string[]> {
  const random = new Random(SEED)
  const approved: string[] = []
  let judged = 0
  while (judged < RUNS) {
    const content = make(random)
    if (content === undefined) continue
    judged += 1
    if ((await integrity.codesOf(content)).length === 0) approved.push(JSON.stringify(content))
  }
  return approved
}

describe.each([suiteOf(evmCase), suiteOf(bitcoinCase), suiteOf(tronCase), suiteOf(solanaCase)])(
  '$chain',
  ({ honest, lie, misdescribe, chain }) => {
    test('honest payments are approved, which makes the refusals below worth something', async () => {
      const random = new Random(SEED)
      for (let run = 0; run < RUNS; run += 1) expect(await integrity.codesOf(honest(random))).toEqual([])
    })

    test('no flipped byte of the raw transaction is approved', { timeout: 600_000 }, async () => {
      expect(await approvals((random) => flipRaw(honest(random), random, chain))).toEqual([])
    })

    test('no flipped byte of a listed hash is approved', { timeout: 600_000 }, async () => {
      expect(await approvals((random) => flipHash(honest(random), random))).toEqual([])
    })

    test(
      'no rebuilt transaction with its own hashes is approved when the description says otherwise',
      { timeout: 600_000 },
      async () => {
        expect(await approvals(lie)).toEqual([])
      },
    )

    test('no changed description is approved', { timeout: 600_000 }, async () => {
      expect(await approvals(misdescribe)).toEqual([])
    })
  },
)

interface Suite {
  readonly chain: string
  honest(random: Random): CoboPackage
  /** Undefined: the mutation made the same request. */
  lie(random: Random): CoboPackage | undefined
  misdescribe(random: Random): CoboPackage | undefined
}

/** One chain's payments, with their type kept inside. */
function suiteOf<Payment>({ chain, random: make, build, mutations }: ChainCase<Payment>): Suite {
  const pair = (random: Random): readonly [Payment, Payment] => {
    const payment = make(random)
    return [payment, random.pick(mutations)(payment, random)]
  }
  const differing = (payment: Payment, content: CoboPackage): CoboPackage | undefined =>
    sameMeaning(build(payment, payment), content) ? undefined : content
  return {
    chain,
    honest: (random) => {
      const payment = make(random)
      return build(payment, payment)
    },
    lie: (random) => {
      const [payment, other] = pair(random)
      return differing(payment, build(other, payment))
    },
    misdescribe: (random) => {
      const [payment, other] = pair(random)
      return differing(payment, build(payment, other))
    },
  }
}

/** Ids are made anew for each request; what is signed and what is described is the same. */
function sameMeaning(one: CoboPackage, other: CoboPackage): boolean {
  const of = ({ request_detail: detail, extra_info: extra }: CoboPackage): string => {
    const { msg_hash_list: hashes } = JSON.parse(detail ?? '') as { msg_hash_list: string[] }
    const { transaction } = JSON.parse(extra ?? '') as { transaction: Record<string, unknown> }
    const { destination, token_id: token, chain_id: chain, fee, raw_tx_info: info } = transaction
    return JSON.stringify({ hashes, destination, token, chain, fee, info })
  }
  return of(one) === of(other)
}
