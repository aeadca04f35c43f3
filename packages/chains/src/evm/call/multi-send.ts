import { bytesToHex } from '@noble/hashes/utils.js'
import type { Effect } from '../../transaction/effect.ts'
import { delegateCall } from './delegate-call.ts'
import type { KnownFunction, Scope } from './scope.ts'

/** Packed: operation (1 byte), to (20), value (32), length of the data (32), data (safe-smart-account, libraries/MultiSend.sol). */
const HEAD_BYTES = 85
const OPERATION_CALL = 0
const OPERATION_DELEGATECALL = 1

function multiSend(packed: Uint8Array, scope: Scope): readonly Effect[] {
  // Run by delegatecall, as it is meant to be, the calls are those of whoever runs it; called, they are its own.
  const caller = scope.call.isDelegated === true ? scope.from : scope.call.to
  const effects: Effect[] = []
  let at = 0
  for (let index = 0; at < packed.length; index += 1) {
    const head = packed.subarray(at, at + HEAD_BYTES)
    const dataAt = at + HEAD_BYTES
    const dataBytes = head.length < HEAD_BYTES ? undefined : integerOf(head.subarray(53))
    if (dataBytes === undefined || dataBytes > BigInt(packed.length - dataAt))
      return [...effects, ...scope.unknown('the packed calls of multiSend end within one')]
    // From version 1.5.0 of the contract, the zero address stands for the Safe; before, for itself.
    if (head.subarray(1, 21).every((byte) => byte === 0))
      return [...effects, ...scope.unknown('multiSend to the zero address, which its versions read in two ways')]
    at = dataAt + Number(dataBytes)
    const call = {
      to: scope.accountOf(head.slice(1, 21)),
      valueAtomic: integerOf(head.subarray(21, 53)),
      data: packed.slice(dataAt, at),
      at: `${scope.call.at}.calls[${String(index)}]`,
    }
    if (head[0] === OPERATION_CALL) effects.push(...scope.inside(call, caller))
    else if (head[0] === OPERATION_DELEGATECALL) effects.push(...delegateCall(call, caller, scope))
    else return [...effects, ...scope.unknown('multiSend knows call and delegatecall only')]
  }
  return effects
}

const integerOf = (word: Uint8Array): bigint => BigInt(`0x${bytesToHex(word)}`)

/** Batches of a Safe: MultiSend and MultiSendCallOnly, which has the same signature. */
export const MULTI_SEND_FUNCTIONS: readonly KnownFunction[] = [
  {
    signature: 'multiSend(bytes)',
    isPayable: true,
    isLibrary: true,
    effects: (p, scope) => multiSend(p.bytes(0), scope),
  },
]
