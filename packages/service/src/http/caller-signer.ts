import type { FireblocksReading } from '@callback-quorum/protocol'
import type { Caller, Signer } from '../keys/index.ts'
import type { AskedBody } from './exchange.ts'
import type { SignerCause } from './outcome.ts'

interface CallerSigner {
  readonly caller: Caller
  readonly signerId: string
  readonly signer: Signer
}

type Reading = Extract<FireblocksReading, { result: 'request' | 'malformed' }>

/**
 * The one API user that a body stands for at `path`, or why there is none. Co-signers of old leave the id out: then it is the only
 * API user there. A wrap always says whom the gateway was asked for; at which path is the gateway's affair.
 */
export function callerSigner(asked: AskedBody, reading: Reading, path: string): CallerSigner | SignerCause {
  if (reading.result === 'malformed' && reading.code === 'SIGNER_ID_INVALID') return 'signer_unknown'
  const signers = signersOf(asked.callers)
  const { wrap } = asked
  if (wrap !== undefined) {
    if (wrap.signerId === undefined) return 'signer_missing'
    if (reading.signerId !== undefined && reading.signerId !== wrap.signerId) return 'signer_unknown'
    return onlyOne(signers.filter(({ signerId }) => signerId === wrap.signerId)) ?? 'signer_unknown'
  }
  const here = signers.filter(({ signer }) => signer.path === path)
  if (reading.signerId === undefined) return onlyOne(here) ?? 'signer_missing'
  const named = signers.filter(({ signerId }) => signerId === reading.signerId)
  if (named.length === 0) return 'signer_unknown'
  return onlyOne(named.filter((found) => here.includes(found))) ?? 'signer_elsewhere'
}

function signersOf(callers: readonly Caller[]): readonly CallerSigner[] {
  return callers.flatMap((caller) => [...caller.signers].map(([signerId, signer]) => ({ caller, signerId, signer })))
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined
}
