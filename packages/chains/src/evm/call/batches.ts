import type { Call, KnownFunction, Parameters, Scope } from './scope.ts'

/** Calls of a contract to itself, on behalf of whoever calls (OpenZeppelin Multicall, Uniswap routers). */
const toItself = (signature: string, index: number): KnownFunction => ({
  signature,
  // Every call sees the coins that came along once; they are named apart, and a second use of them is the contract's own loss.
  isPayable: true,
  effects: (p, scope) =>
    p.list(index).flatMap((data, at) => scope.inside(nested(scope, at, { to: scope.call.to, data: data.bytes(0) }))),
})

/** Multicall3 (mds1/multicall): the calls are made by the multicall contract, with what it has. */
const byContract = (signature: string, index: number, read: (tuple: Parameters) => NestedCall): KnownFunction => ({
  signature,
  isPayable: true,
  effects: (p, scope) =>
    p.tuples(index).flatMap((tuple, at) => scope.inside(nested(scope, at, read(tuple)), scope.call.to)),
})

type NestedCall = Pick<Call, 'to' | 'data'> & Partial<Pick<Call, 'valueAtomic'>>

const nested = ({ call }: Scope, index: number, { to, data, valueAtomic = 0n }: NestedCall): Call => ({
  to,
  data,
  valueAtomic,
  at: `${call.at}.calls[${String(index)}]`,
})

const targetAndData = (tuple: Parameters): NestedCall => ({ to: tuple.account(0), data: tuple.bytes(1) })

/** One call that is many. */
export const BATCH_FUNCTIONS: readonly KnownFunction[] = [
  toItself('multicall(bytes[])', 0),
  // deadline, calls
  toItself('multicall(uint256,bytes[])', 1),
  // previous block hash, calls
  toItself('multicall(bytes32,bytes[])', 1),
  byContract('aggregate((address,bytes)[])', 0, targetAndData),
  byContract('blockAndAggregate((address,bytes)[])', 0, targetAndData),
  // may fail, calls
  byContract('tryAggregate(bool,(address,bytes)[])', 1, targetAndData),
  byContract('tryBlockAndAggregate(bool,(address,bytes)[])', 1, targetAndData),
  byContract('aggregate3((address,bool,bytes)[])', 0, (tuple) => ({ to: tuple.account(0), data: tuple.bytes(2) })),
  byContract('aggregate3Value((address,bool,uint256,bytes)[])', 0, (tuple) => ({
    to: tuple.account(0),
    valueAtomic: tuple.integer(2),
    data: tuple.bytes(3),
  })),
]
