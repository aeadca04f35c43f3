import { makeV2RawKeySign, type CoboPackage } from '@callback-quorum/simulator'
import { PublicKey, StakeProgram, TransactionInstruction, type StakeAuthorizationLayout } from '@solana/web3.js'
import { expect, test } from 'vitest'
import { coboRaw, messageOf, SOLANA_FROM, SOLANA_PATH } from './cases/solana-case.ts'
import { createIntegrity } from './integrity-rig.ts'

const STAKE = new PublicKey('C63eMJhWSxGhKEFFCSxnF7spphcPgsTnbYsZKjcwJ8Vp')
const VOTE = new PublicKey('6ensJPEtJ24yZmTT9Vo4hVJT3k6hCGHWMMPgDbTdbhah')
const BLOCKHASH = 'EETubP5AKHgjPAhzPAFcb8BAY1hMH639CWCFTqi3hq1k'

const delegate = StakeProgram.delegate({
  stakePubkey: STAKE,
  authorizedPubkey: SOLANA_FROM,
  votePubkey: VOTE,
}).instructions
const authorize = StakeProgram.authorize({
  stakePubkey: STAKE,
  authorizedPubkey: SOLANA_FROM,
  newAuthorizedPubkey: VOTE,
  stakeAuthorizationType: { index: 1 } satisfies { index: (typeof StakeAuthorizationLayout.Withdrawer)['index'] },
}).instructions

/** A contract call whose bytes hold `signed` and whose description lists `described`. */
function contract(
  signed: TransactionInstruction[],
  described: readonly TransactionInstruction[] = signed,
): CoboPackage {
  const message = messageOf(signed, { version: 'legacy', blockhash: BLOCKHASH })
  return makeV2RawKeySign({
    chainId: 'SOL',
    tokenId: 'SOL',
    type: 'ContractCall',
    destination: {
      destination_type: 'SOL_Contract',
      instructions: described.map(({ programId, keys, data }) => ({
        program_id: programId.toBase58(),
        data: data.toString('base64'),
        accounts: keys.map(({ pubkey, isSigner, isWritable }) => ({
          pubkey: pubkey.toBase58(),
          is_signer: isSigner,
          is_writable: isWritable,
        })),
      })),
    },
    sources: [{ address: SOLANA_FROM.toBase58() }],
    paths: [SOLANA_PATH],
    hashes: [Buffer.from(message).toString('hex')],
    signatureType: 'eddsa',
    rawTxInfo: { unsigned_raw_tx: coboRaw(message) },
  })
}

const judge = async (content: CoboPackage, staking: 'allow' | 'refuse' = 'allow'): Promise<readonly string[]> =>
  (await createIntegrity({ config: `staking: ${staking}\n` })).codesOf(content)

test('a described delegation of stake binds, and is approved where staking is allowed', async () => {
  expect(await judge(contract(delegate))).toEqual([])
  expect(await judge(contract(delegate), 'refuse')).toEqual(['STAKE_REFUSED'])
})

test('an authority that changes hands is refused even when it is described', async () => {
  expect(await judge(contract([...delegate, ...authorize]))).toEqual(['POWER_STAKE_AUTHORITY'])
})

test('an instruction more, fewer, in another order, or with other data does not bind', async () => {
  const [first, ...rest] = [...delegate, ...authorize]
  if (first === undefined) throw new Error('there are instructions')
  const other = new TransactionInstruction({
    programId: first.programId,
    keys: first.keys,
    data: Buffer.from([5, 0, 0, 0]),
  })
  for (const described of [delegate, [...rest, first], [first, ...rest, first], [other, ...rest], []])
    expect(await judge(contract([first, ...rest], described))).toEqual(['RAW_CALL_DIFFERS'])
})
