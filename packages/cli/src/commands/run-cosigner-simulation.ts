import { readFile } from 'node:fs/promises'
import { loadPrivateKey, loadPublicKey } from '@callback-quorum/service'
import {
  type Cosigner,
  type CosignerExchange,
  type CosignerRequest,
  type CosignerRequestOptions,
  type CosignerResult,
  type CosignerTrust,
  createCosigner,
  makeCosignerRequest,
} from '@callback-quorum/simulator'
import { coloursFor } from '../colours.ts'
import { CommandFailed, UsageError } from '../faults.ts'
import type { Host } from '../host.ts'
import { interruptionOf } from '../interruption.ts'
import { snakeCased } from '../snake-cased.ts'
import type { SimulateCosignerOptions } from './simulate-cosigner-options.ts'

const EXIT_CODES: Readonly<Record<CosignerResult['decision'], number>> = {
  approved: 0,
  rejected: 3,
  ignored: 3,
  failed: 1,
}

/** Plays the Co-signer as the options say; resolves to the exit code. */
export async function simulateCosigner(o: SimulateCosignerOptions, host: Host): Promise<number> {
  const request = await requestOf(o, host)
  const cosigner = await cosignerOf(o, host)
  const interruption = interruptionOf(host.signals)
  try {
    const result = await cosigner.ask(request, { signal: interruption.signal })
    sayResult(result, cosigner, o, host)
    return EXIT_CODES[result.decision]
  } catch (error) {
    const exitCode = interruption.exitCode()
    if (exitCode === undefined) throw error
    return exitCode
  } finally {
    interruption.dispose()
    await cosigner.close()
  }
}

async function cosignerOf(o: SimulateCosignerOptions, host: Host): Promise<Cosigner> {
  if (!URL.canParse(o.url)) throw new UsageError(`--url ${o.url}: expected https://host:port/prefix`)
  const trust = await trustOf(o)
  const keys = {
    ...(o.key !== undefined && { privateKey: (await loadPrivateKey(o.key)).key }),
    ...(o.handlerKey !== undefined && { handlerPublicKey: (await loadPublicKey(o.handlerKey)).key }),
  }
  return usable('options', () =>
    createCosigner({
      name: 'callback-quorum simulate-co-signer',
      ...(o.signer !== undefined && { signerId: o.signer }),
      messages: o.messages,
      trust,
      url: o.url,
      ...keys,
      retry: { intervalMs: o.retryInterval, tries: o.tries },
      timeoutMs: o.timeout,
      onExchange: (exchange) => {
        if (o.json !== true && o.output !== 'json') sayExchange(exchange, host)
      },
    }),
  )
}

async function trustOf({ ca, pin, rootCa }: SimulateCosignerOptions): Promise<CosignerTrust> {
  if (ca !== undefined) return { kind: 'ca', pem: await read(ca) }
  if (rootCa !== undefined) return { kind: 'root-ca', pem: await read(rootCa) }
  if (pin === undefined) return { kind: 'system' }
  return { kind: 'pin', pin: pin.startsWith('sha256//') ? pin : (await read(pin)).toString('utf8') }
}

async function requestOf(o: SimulateCosignerOptions, host: Host): Promise<CosignerRequest> {
  const { request: file, make } = o
  if (file !== undefined) return { kind: o.kind, content: file === '-' ? await host.readStdin() : await read(file) }
  if (make === undefined) throw new UsageError('nothing to do: expected --make or --request')
  // What the options ask for cannot always be made: an amount with too many decimals, a malformed address.
  return usable(`--make ${make}`, () => makeCosignerRequest(make, requestOptionsOf(o)))
}

function requestOptionsOf(o: SimulateCosignerOptions): CosignerRequestOptions {
  const { destination: kind, destinationId: id, describedTo, describedAmount } = o
  if (id !== undefined && kind === undefined) throw new RangeError('--destination-id needs --destination')
  const described = {
    ...(describedTo !== undefined && { to: describedTo }),
    ...(describedAmount !== undefined && { amount: describedAmount }),
  }
  const { asset, to, amount, txId, requestId, externalTxId, message, type, tag, vault: sourceId } = o
  const texts = { asset, to, amount, txId, requestId, externalTxId, message, type, tag, sourceId }
  const given: CosignerRequestOptions = Object.fromEntries(
    Object.entries(texts).filter(([, text]) => text !== undefined),
  )
  return {
    ...given,
    stage: o.kind === 'tx-approval' ? 'approval' : 'signing',
    rawTx: o.rawTx,
    ...(kind !== undefined && { destination: { kind, ...(id !== undefined && { id }) } }),
    ...(Object.keys(described).length > 0 && { describedAs: described }),
  }
}

/** What is wrong with the options is the caller's to mend. */
function usable<T>(what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new UsageError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function sayExchange(
  { url, attempt, result, ms, action, rejectionReason, problem }: CosignerExchange,
  host: Host,
): void {
  const { green, red, yellow } = coloursFor(host.stdout, host.env)
  const paint = result === 'approve' ? green : result === 'reject' ? red : yellow
  const said = [action, rejectionReason ?? problem].filter((part) => part !== undefined)
  host.stdout.write(`${url}  attempt ${attempt}  ${paint(result)}  ${ms} ms  ${said.join('  ')}\n`)
}

function sayResult(
  result: CosignerResult,
  { option }: Cosigner,
  { json, output }: SimulateCosignerOptions,
  host: Host,
): void {
  if (json === true || output === 'json') {
    const said = { option, ...result }
    host.stdout.write(`${JSON.stringify(output === 'json' ? snakeCased(said) : said)}\n`)
    return
  }
  const { bold, green, red } = coloursFor(host.stdout, host.env)
  const paint = result.decision === 'approved' ? green : red
  const how = [result.failure, result.subStatus].filter((part) => part !== undefined).join(', ')
  const reason = how === '' ? result.reason : `${how}: ${result.reason}`
  host.stdout.write(`${bold(paint(result.decision))}  option ${option}  request ${result.requestId}: ${reason}\n`)
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new CommandFailed(`${path} cannot be read`, { cause })
  })
}
