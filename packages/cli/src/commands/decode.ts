import { readFile } from 'node:fs/promises'
import {
  ChainsFault,
  decodeTransaction,
  decodeTypedData,
  describeEffect,
  formatAmount,
  type AssetRegistry,
  type Chain,
  type Decoded,
  type Prevout,
} from '@callback-quorum/chains'
import { loadAssets, readRawText } from '@callback-quorum/checker-kit'
import { parseStrictJson } from '@callback-quorum/protocol'
import { type Command, Option } from 'commander'
import { coloursFor } from '../colours.ts'
import { CommandFailed, UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { snakeCased } from '../snake-cased.ts'
import { collect } from './option-values.ts'

/** A short name for the chain that most people mean; every id of the asset file works too. */
const SHORT = { evm: 'ethereum', bitcoin: 'bitcoin', tron: 'tron', solana: 'solana' } as const

interface Options {
  readonly chain: string
  readonly output: 'text' | 'json'
  readonly assets?: string
  readonly prevout?: readonly string[]
}

/** `callback-quorum decode --chain CHAIN FILE|-`: what a raw unsigned transaction does. */
export function addDecode(program: Command, host: Host): void {
  program
    .command('decode')
    .summary('print what a raw unsigned transaction does')
    .description(
      'Decode an unsigned transaction, or an EIP-712 message as JSON, with the very decoder the checkers use, and print what it does once signed ' +
        'and which hashes have to be signed for it. Nothing is sent anywhere. What is not fully understood is an error, or says UNKNOWN.',
    )
    .argument('<file>', 'file with the transaction (hex, base64 or bytes), or - for standard input')
    .requiredOption('-c, --chain <chain>', `${Object.keys(SHORT).join(', ')}, or a chain id of the asset file`)
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))
    .option('--assets <file>', 'asset file (YAML) for names and decimals; default: the packaged starter set')
    .option(
      '--prevout <txid:vout:address:coins>',
      'what an input of a Bitcoin-like transaction spends; once for each input, not needed for a PSBT',
      collect,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ echo 0xe980842ffee68f825208940f76f604fd7762bd94b48ca2523f69ab9665c97f865af3107a400080018080 | callback-quorum decode --chain evm -\n' +
        '  $ callback-quorum decode --chain tron --output json raw.hex\n' +
        '  $ callback-quorum decode --chain solana message.base64\n' +
        '  $ callback-quorum decode --chain bitcoin transaction.psbt\n\n' +
        'Exit codes: 0 decoded; 1 not a transaction that is fully understood; 64 wrong usage; 78 wrong asset file.',
    )
    .action((file: string, o: Options) => decode(file, o, host))
}

async function decode(file: string, o: Options, host: Host): Promise<void> {
  const { registry: assets } = await loadAssets(o.assets)
  const id = Object.hasOwn(SHORT, o.chain) ? SHORT[o.chain as keyof typeof SHORT] : o.chain
  const chain = assets.chain(id)
  if (chain === undefined)
    throw new UsageError(`--chain ${o.chain} is no chain of the asset file; expected for example evm`)
  const content = file === '-' ? Buffer.from(await host.readStdin()) : await readFileOf(file)
  const decoded = decodeContent(content, chain, (o.prevout ?? []).map(readPrevout))
  host.stdout.write(o.output === 'json' ? jsonOf(decoded, chain) : textOf(decoded, chain, assets, host))
}

async function readFileOf(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new CommandFailed(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
}

function decodeContent(content: Buffer, chain: Chain, prevouts: readonly Prevout[]): Decoded {
  const text = content.toString('utf8').trim()
  try {
    if (chain.family === 'evm' && text.startsWith('{')) return decodeTypedData(parseStrictJson(text))
    return decodeTransaction(chain, readRawText(text, chain.family) ?? content, { prevouts })
  } catch (error) {
    if (error instanceof ChainsFault) throw new CommandFailed(`${error.code}: ${error.message}`)
    throw error
  }
}

const BITCOIN_DECIMALS = 8

function readPrevout(written: string): Prevout {
  const [, txid, vout, address, coins] =
    /^([0-9a-fA-F]{64}):(\d{1,10}):([^:]+(?::[^:]+)?):(\d+(?:\.\d{1,8})?)$/.exec(written) ?? []
  if (txid === undefined || vout === undefined || address === undefined || coins === undefined)
    throw new UsageError(`--prevout ${written} is not understood; expected txid:vout:address:coins`)
  const [whole = '0', fraction = ''] = coins.split('.')
  return {
    txid: txid.toLowerCase(),
    vout: Number(vout),
    address,
    amountAtomic: BigInt(whole + fraction.padEnd(BITCOIN_DECIMALS, '0')),
  }
}

/** Amounts and other integers as decimal text: JSON's numbers lose digits. */
const jsonOf = (decoded: Decoded, chain: Chain): string =>
  `${JSON.stringify(snakeCased({ chain: chain.id, ...decoded }), undefined, 2)}\n`

function textOf(decoded: Decoded, chain: Chain, assets: AssetRegistry, host: Host): string {
  const { bold, red, yellow } = coloursFor(host.stdout, host.env)
  const { form, toSign, effects, fee, nonce, evmChainId, inputs = [], expiresAtMs, signers = [], message } = decoded
  const coin = assets.onChain(chain, undefined)
  const coins = (atomic: bigint): string =>
    coin === undefined ? `${atomic.toString()} atomic units` : `${formatAmount(atomic, coin.decimals)} ${coin.symbol}`
  const facts = [
    `${form} on ${chain.id}`,
    ...(evmChainId === undefined ? [] : [`chain id ${evmChainId.toString()}`]),
    ...(nonce === undefined ? [] : [`nonce ${nonce.toString()}`]),
    ...(message?.primaryType === undefined
      ? []
      : [`${message.primaryType} of ${message.domain?.name ?? 'a nameless domain'}`]),
    ...(expiresAtMs === undefined ? [] : [`expires ${new Date(Number(expiresAtMs)).toISOString()}`]),
  ]
  const otherChain =
    evmChainId !== undefined && evmChainId !== chain.evmChainId
      ? [red(`for chain id ${evmChainId.toString()}, which is not ${chain.id}`)]
      : []
  const lines = [
    bold(facts.join(', ')),
    ...otherChain,
    ...inputs.map(
      ({ txid, vout, account, amountAtomic }) =>
        `  spends ${txid}:${String(vout)}${amountAtomic === undefined ? '' : ` of ${coins(amountAtomic)}`}${account === undefined ? '' : ` from ${account.text}`}`,
    ),
    ...(message?.text === undefined ? [] : [`  says ${JSON.stringify(message.text)}`]),
    ...effects.map((effect) => {
      const words = `  ${describeEffect(effect, chain, assets)}  [${effect.at}]`
      return effect.effect === 'unknown' ? red(words) : effect.effect === 'power' ? yellow(words) : words
    }),
    ...(effects.length === 0 ? ['  moves nothing'] : []),
    ...(fee?.maxAtomic === undefined
      ? []
      : [
          `  costs at most ${coins(fee.maxAtomic)}${fee.isProven ? '' : yellow(' by amounts that the signature does not commit to')}`,
        ]),
    ...signers.map(({ text }) => `  has to be signed by ${text}`),
    ...toSign.map(
      ({ hash, scheme, account }) => `to sign (${scheme}${account === undefined ? '' : `, ${account.text}`}): ${hash}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}
