import { bytesToHex } from '@noble/hashes/utils.js'
import type { Chain, Decoded, ProgramCall } from '@callback-quorum/chains'
import type { CoboV2Destination } from '@callback-quorum/protocol'
import type { AskedRequest } from '../describe/describe.ts'
import { readAddress } from '../describe/output.ts'
import { readBase64 } from './raw-text.ts'
import type { RefuseBinding } from './refusal.ts'

type Instructions = NonNullable<Extract<CoboV2Destination, { destination_type: 'SOL_Contract' }>['instructions']>

/** The instructions that a Solana contract call is described by; undefined for every other request. */
export function instructionsOf(request: AskedRequest): Instructions | undefined {
  if ('endpoint' in request || request.dialect !== 'cobo-v2' || request.kind !== 'keysign') return undefined
  const destination = request.extra.transaction?.destination
  return destination?.destination_type === 'SOL_Contract' ? (destination.instructions ?? []) : undefined
}

/**
 * The message holds the instructions of the description, all of them, in order, and no other. Whether an account signs or is written to is
 * a property of the whole message, so it is not compared for each instruction.
 */
export function compareInstructions(
  described: Instructions,
  { instructions = [] }: Decoded,
  chain: Chain,
  refuse: RefuseBinding,
): void {
  const isSame =
    described.length === instructions.length && described.every((one, index) => isThis(one, instructions[index], chain))
  if (!isSame) refuse('RAW_CALL_DIFFERS', 'the instructions in the bytes are not those of the description')
}

function isThis(described: Instructions[number], signed: ProgramCall | undefined, chain: Chain): boolean {
  const keyOf = (text: string | undefined): string | undefined => readAddress(chain, text ?? '')?.key
  const { accounts = [], program_id: program, data } = described
  // Empty data is no data; the platform writes base64.
  const bytes = data ? readBase64(data) : new Uint8Array()
  return (
    signed !== undefined &&
    bytes !== undefined &&
    bytesToHex(bytes) === signed.data &&
    keyOf(program) === signed.program.key &&
    accounts.length === signed.accounts.length &&
    accounts.every(({ pubkey }, index) => keyOf(pubkey) === signed.accounts[index]?.key)
  )
}
