import type { Effect } from '../../transaction/effect.ts'
import type { Call, KnownFunction, Parameters, Scope } from './scope.ts'

/** Calls of a contract to itself, on behalf of whoever calls (OpenZeppelin Multicall, Uniswap routers). */
const toItself = (signature: string, index: number): KnownFunction => ({
  signature,
  // Every call sees the coins that came along once; they are named apart, and a second use of them is the contract's own loss.
  isPayable: true,
  effects: (p, scope) =>
    several(
      scope,
      p.list(index).flatMap((data, at) => scope.inside(nested(scope, at, { to: scope.call.to, data: data.bytes(0) }))),
    ),
})

/** A batch of nothing is still a call, and of what, only the contract knows. */
const several = (scope: Scope, effects: readonly Effect[]): readonly Effect[] =>
  effects.length > 0 ? effects : scope.unknown('a batch without calls')

/** Multicall3 (mds1/multicall): the calls are made by the multicall contract. */
const byContract = (signature: string, index: number, read: (tuple: Parameters) => NestedCall): KnownFunction => ({
  signature,
  isPayable: true,
  effects: (p, scope) =>
    several(
      scope,
      p.tuples(index).flatMap((tuple, at) => scope.inside(nested(scope, at, read(tuple)), scope.call.to)),
    ),
})

type NestedCall = Pick<Call, 'to' | 'data'> & Partial<Pick<Call, 'valueAtomic'>>

const nested = ({ call }: Scope, index: number, { to, data, valueAtomic = 0n }: NestedCall): Call => ({
  to,
  data,
  valueAtomic,
  at: `${call.at}.calls[${String(index)}]`,
})

/** MultiSend packs operation (1 byte), to (20), value (32), length (32) and data (safe-smart-account, libraries/MultiSend.sol). */
const MULTISEND_HEAD_BYTES = 85

function multiSend(packed: Uint8Array, scope: Scope): readonly Effect[] {
  const effects: Effect[] = []
  let at = 0
  for (let index = 0; at < packed.length; index += 1) {
    const head = packed.subarray(at, at + MULTISEND_HEAD_BYTES)
    if (head.length < MULTISEND_HEAD_BYTES) return scope.unknown('the packed calls of multiSend end within one')
    const length = integerOf(head.subarray(53))
    const start = at + MULTISEND_HEAD_BYTES
    if (length > BigInt(packed.length - start)) return scope.unknown('the packed calls of multiSend end within one')
    const call = nested(scope, index, {
      to: scope.accountOf(head.slice(1, 21)),
      valueAtomic: integerOf(head.subarray(21, 53)),
      data: packed.slice(start, start + Number(length)),
    })
    // Reached by a delegatecall, as it is meant to be, the calls are the Safe's; `from` is who runs this code.
    const caller = scope.from ?? scope.call.to
    if (head[0] === 1)
      effects.push({ effect: 'power', power: 'delegatecall', subject: caller, grantee: call.to, at: call.at })
    else if (head[0] !== 0) return scope.unknown('multiSend knows call and delegatecall only')
    effects.push(...scope.inside(call, caller))
    at = start + Number(length)
  }
  return effects
}

const integerOf = (bytes: Uint8Array): bigint => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)

/** One call that is many. */
export const BATCH_FUNCTIONS: readonly KnownFunction[] = [
  toItself('multicall(bytes[])', 0),
  // deadline, calls
  toItself('multicall(uint256,bytes[])', 1),
  // previous block hash, calls
  toItself('multicall(bytes32,bytes[])', 1),
  byContract('aggregate((address,bytes)[])', 0, (t) => ({ to: t.account(0), data: t.bytes(1) })),
  byContract('tryAggregate(bool,(address,bytes)[])', 1, (t) => ({ to: t.account(0), data: t.bytes(1) })),
  byContract('aggregate3((address,bool,bytes)[])', 0, (t) => ({ to: t.account(0), data: t.bytes(2) })),
  byContract('aggregate3Value((address,bool,uint256,bytes)[])', 0, (t) => ({
    to: t.account(0),
    valueAtomic: t.integer(2),
    data: t.bytes(3),
  })),
  {
    signature: 'multiSend(bytes)',
    isPayable: true,
    effects: (p, scope) => several(scope, multiSend(p.bytes(0), scope)),
  },
]
