import { describe, expect, it } from 'vitest'
import solana from '../vectors/cobo-solana-transfer.json' with { type: 'json' }
import { addressBook, FROM, HASH, questionOf, TO, v2KeySign, WALLET } from './requests.ts'

const OWN_CHANGE = `own: [{ address: '${FROM}', chain: ethereum-sepolia, wallet: ${WALLET} }]`
const P2PKH = '12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h'
const P2SH = '32m72D2HEycRqfBkaazZcuVpLWq9k3sYdt'

const bitcoin = { chain_id: 'BTC', token_id: 'BTC' }
const payment = (members: Record<string, unknown>) => ({ destination_type: 'Address', ...members })
const tweak = { tweak_list: null }

describe('a KeySign request of v2', () => {
  it('is seen with every row of the neutral table', () => {
    const question = questionOf(v2KeySign())
    expect(question).toMatchObject({
      caller: 'node-eu-1',
      platform: 'cobo',
      dialect: 'cobo-v2',
      kind: 'keysign',
      requestId: 'callback-1',
      organisation: 'SYNTHETIC',
      transactionId: '20250904104620000107060000000331',
      businessKey: 'cobo:SYNTHETIC:20250904104620000107060000000331',
      reference: 'web_send_cee0d0a8-0eba-49a4-9d57-961b4aea46f6',
      initiator: { id: 'zhaozhe', type: 'Web' },
      wallet: WALLET,
      operation: 'transfer',
      sources: [FROM],
      totalAtomic: 10_000_000_000_000n,
      signingHashes: [HASH],
    })
    expect(question.chain?.id).toBe('ethereum-sepolia')
    expect(question.asset?.id).toBe('ETH-SEPOLIA')
    expect(question.outputs).toHaveLength(1)
    expect(question.outputs[0]).toMatchObject({ addressText: TO, amountAtomic: 10_000_000_000_000n, own: false })
    expect(question.outputs[0]?.address?.key).toBe(`key20:${TO.slice(2)}`)
    expect(question).not.toHaveProperty('description')
  })

  it('falls back to transaction_id when there is no cobo_id', () => {
    const question = questionOf(v2KeySign({ transaction: { cobo_id: null } }))
    expect(question.transactionId).toBe('7bbe0fe1-187a-436a-80be-f30c586a3914')
  })

  it('has no initiator, reference or wallet when the request names none', () => {
    const question = questionOf(
      v2KeySign({ transaction: { initiator: null, request_id: null }, extra: { wallet: null } }),
    )
    for (const member of ['initiator', 'reference', 'wallet']) expect(question).not.toHaveProperty(member)
  })

  it('keeps hashes in their order, in lower case and without 0x', () => {
    const lists = { msg_hash_list: [`0X${'AB'.repeat(32)}`, HASH], bip32_path_list: ['m/0', 'm/1'], ...tweak }
    expect(questionOf(v2KeySign({ detail: lists })).signingHashes).toEqual(['ab'.repeat(32), HASH])
  })

  it('takes the memo of an account output as the tag', () => {
    const account_output = { address: 'rnXyVQzgxZe7TR1EPzTkGj2jxH4LMJYh66', memo: '12345', amount: '1.5' }
    const question = questionOf(
      v2KeySign({ transaction: { chain_id: 'XRP', token_id: 'XRP' }, destination: payment({ account_output }) }),
    )
    expect(question.outputs[0]).toMatchObject({ tag: '12345', amountAtomic: 1_500_000n })
  })

  it('takes the tag that an X-address holds', () => {
    const account_output = { address: 'X75KjMo4pw9UQ9H7hbpCZUDfskq2PLNGsUMNLb58LzRZpGB', amount: '1' }
    const question = questionOf(
      v2KeySign({ transaction: { chain_id: 'XRP', token_id: 'XRP' }, destination: payment({ account_output }) }),
    )
    expect(question.outputs[0]?.tag).toBe('12345')
  })

  it('sums the outputs of a payment to several', () => {
    const utxo_outputs = [
      { address: P2PKH, amount: '0.5' },
      { address: P2SH, amount: '0.00000001' },
    ]
    const question = questionOf(
      v2KeySign({ transaction: bitcoin, destination: payment({ account_output: null, utxo_outputs }) }),
    )
    expect(question.outputs.map(({ amountAtomic }) => amountAtomic)).toEqual([50_000_000n, 1n])
    expect(question.totalAtomic).toBe(50_000_001n)
  })

  it('accepts the same single output said twice', () => {
    const both = {
      account_output: { address: P2PKH, amount: '0.5' },
      utxo_outputs: [{ address: P2PKH, amount: '0.50' }],
    }
    const question = questionOf(v2KeySign({ transaction: bitcoin, destination: payment(both) }))
    expect(question.outputs).toHaveLength(1)
    expect(question.totalAtomic).toBe(50_000_000n)
  })

  it('counts an output to change_address as external, because only addresses.yaml shows what is ours', () => {
    const utxo_outputs = [
      { address: P2PKH, amount: '1' },
      { address: P2SH, amount: '2' },
    ]
    const asked = v2KeySign({
      transaction: bitcoin,
      destination: payment({ utxo_outputs, change_address: P2SH, force_internal: true }),
    })
    expect(questionOf(asked).totalAtomic).toBe(300_000_000n)
  })

  it('leaves out of the total what addresses.yaml proves to be ours', async () => {
    const book = await addressBook(`own: [{ address: '${P2SH}', chain: bitcoin, wallet: ${WALLET} }]`)
    const utxo_outputs = [
      { address: P2PKH, amount: '1' },
      { address: P2SH, amount: '2' },
    ]
    const question = questionOf(v2KeySign({ transaction: bitcoin, destination: payment({ utxo_outputs }) }), book)
    expect(question.outputs.map(({ own }) => own)).toEqual([false, true])
    expect(question.totalAtomic).toBe(100_000_000n)
  })

  it('does not take an address of ours on one chain for ours on another', async () => {
    const book = await addressBook(`own: [{ address: '${TO}', chain: ethereum, wallet: elsewhere }]`)
    expect(questionOf(v2KeySign(), book).outputs[0]?.own).toBe(false)
  })

  it('leaves an address that cannot be read without a canonical one and never calls it ours', async () => {
    const account_output = { address: '0x44deca', amount: '0.1' }
    const question = questionOf(v2KeySign({ destination: payment({ account_output }) }), await addressBook(OWN_CHANGE))
    expect(question.outputs[0]).toEqual({ addressText: '0x44deca', amountAtomic: 10n ** 17n, own: false })
    expect(question.totalAtomic).toBe(10n ** 17n)
  })

  it('names each source once, whatever its spelling', () => {
    const source_addresses = [
      { address: FROM.toUpperCase().replace('0X', '0x'), chain_id: 'SETH' },
      { address: '0x1111111111111111111111111111111111111111', chain_id: 'SETH' },
    ]
    expect(questionOf(v2KeySign({ extra: { source_addresses } })).sources).toHaveLength(2)
  })

  it('accepts a whole Solana message as what is signed', () => {
    const { msg_hash: message, destination: address } = solana
    const question = questionOf(
      v2KeySign({
        detail: { msg_hash_list: [message] },
        transaction: { chain_id: 'SOL', token_id: 'SOL' },
        destination: payment({ account_output: { address, amount: '0.000000011' } }),
      }),
    )
    expect(question.signingHashes).toEqual([message.slice(2)])
    expect(question.totalAtomic).toBe(BigInt(solana.lamports))
  })
})
