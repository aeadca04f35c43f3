import { ChainsFault, parseAmount, type Chain, type Prevout } from '@callback-quorum/chains'
import { parseStrictJson, type CoboV1KeySign, type CoboV2KeySign } from '@callback-quorum/protocol'
import { canonicalJson } from '../describe/canonical-json.ts'
import type { AskedRequest } from '../describe/describe.ts'
import type { Operation } from '../question.ts'
import type { Material } from './material.ts'
import { materialOfFireblocks } from './material-fireblocks.ts'
import { readBase64, readHex, readRawText } from './raw-text.ts'
import type { RefuseBinding } from './refusal.ts'

/** Of all Bitcoin-like coins. */
const UTXO_DECIMALS = 8

const MISSING: Material = {
  kind: 'unbound',
  code: 'RAW_MISSING',
  text: 'the request holds no bytes that its hashes could be compared with',
}

/** Undefined when something that should be there cannot be read, which was refused. */
export function materialOf(
  request: AskedRequest,
  operation: Operation,
  chain: Chain,
  refuse: RefuseBinding,
): Material | undefined {
  if ('endpoint' in request) {
    if (request.endpoint !== 'tx') throw new Error('invariant: a change of a workspace signs nothing')
    return materialOfFireblocks(request, operation, chain, refuse)
  }
  if (request.kind !== 'keysign') throw new Error('invariant: only signing requests are bound')
  return request.dialect === 'cobo-v1' ? materialOfV1(request, chain, refuse) : materialOfV2(request, chain, refuse)
}

/**
 * ASSUMED: no public source says what v1's raw members hold. `raw_tx_hex` and `raw_tx[].raw_tx` are read as v2's `unsigned_raw_tx`, and
 * must agree where both are given. A message is not in a v1 description at all.
 */
function materialOfV1({ extra }: CoboV1KeySign, chain: Chain, refuse: RefuseBinding): Material | undefined {
  const texts = [extra.raw_tx_hex, ...(extra.raw_tx ?? []).map(({ raw_tx: raw }) => raw)].filter((text) => !!text)
  const different = new Set(texts.map((text) => text?.replace(/^0[xX]/, '').toLowerCase()))
  if (different.size > 1) refuse('RAW_CONTRADICTS', 'raw_tx_hex and raw_tx hold different transactions')
  const [text] = texts
  return text === undefined ? MISSING : transaction(text, chain, [], refuse)
}

function materialOfV2({ extra }: CoboV2KeySign, chain: Chain, refuse: RefuseBinding): Material | undefined {
  const { destination, raw_tx_info: info } = extra.transaction ?? {}
  switch (destination?.destination_type) {
    case 'EVM_EIP_191_Signature': {
      const message = readBase64(destination.message)
      if (message === undefined) refuse('RAW_MALFORMED', 'the message is not base64')
      return message && { kind: 'personal-message', message }
    }
    case 'EVM_EIP_712_Signature':
      return typedData(destination, refuse)
    case 'BTC_BIP_137_Signature':
    case 'BTC_BIP_322_Signature':
    case 'COSMOS_ADR_36_Signature':
    case 'Raw_Message_Signature':
      return { kind: 'unbound', code: 'OPERATION_UNBOUND', text: 'what this kind of message says cannot be told' }
    default:
      break
  }
  if (!info?.unsigned_raw_tx) return MISSING
  return transaction(info.unsigned_raw_tx, chain, prevoutsOf(info.selected_utxos ?? [], refuse), refuse, destination)
}

type Destination = NonNullable<CoboV2KeySign['extra']['transaction']>['destination']

function transaction(
  text: string,
  chain: Chain,
  prevouts: readonly Prevout[],
  refuse: RefuseBinding,
  destination?: Destination,
): Material | undefined {
  const raw = readRawText(text, chain.family)
  if (raw === undefined) {
    refuse('RAW_MALFORMED', 'the raw transaction is not in the encoding of its chain')
    return undefined
  }
  const tables =
    destination?.destination_type === 'SOL_Contract' ? (destination.address_lookup_table_accounts ?? []) : []
  const lookupTables = new Map(tables.map(({ alt_account_key: table, addresses }) => [table, addresses] as const))
  return { kind: 'transaction', raw, prevouts, lookupTables }
}

/** The text holds the order and the numbers as they were signed; the object beside it must say the same (protocol/cobo.md 4.2). */
function typedData(
  {
    structured_data: shown,
    raw_structured_data: text,
  }: Extract<Destination, { destination_type: 'EVM_EIP_712_Signature' }>,
  refuse: RefuseBinding,
): Material | undefined {
  if (!text) return { kind: 'typed-data', structured: shown }
  const structured = parseStrictJson(text)
  if (canonicalJson(structured) === canonicalJson(shown)) return { kind: 'typed-data', structured }
  refuse('RAW_CONTRADICTS', 'raw_structured_data and structured_data are different messages')
  return undefined
}

type SelectedUtxo = NonNullable<
  NonNullable<NonNullable<CoboV2KeySign['extra']['transaction']>['raw_tx_info']>['selected_utxos']
>[number]

function prevoutsOf(utxos: readonly SelectedUtxo[], refuse: RefuseBinding): readonly Prevout[] {
  return utxos.flatMap((utxo, index) => {
    const { tx_hash: txid, vout_n: vout, address, value, redeem_script: script } = utxo
    const redeemScript = script ? readHex(script) : undefined
    const amountAtomic = amountOf(value)
    if (txid === undefined || vout === undefined || (script && redeemScript === undefined)) {
      refuse('RAW_MALFORMED', `selected_utxos[${String(index)}] names no output of a transaction`)
      return []
    }
    return [
      {
        txid: txid.toLowerCase(),
        vout,
        ...(address && { address }),
        ...(amountAtomic !== undefined && { amountAtomic }),
        ...(redeemScript && { redeemScript }),
      },
    ]
  })
}

/** A value that is none is left out: an input whose amount has to be known is then refused by its decoder. */
function amountOf(text: string | undefined): bigint | undefined {
  try {
    return text ? parseAmount(text, UTXO_DECIMALS) : undefined
  } catch (error) {
    if (error instanceof ChainsFault) return undefined
    throw error
  }
}
