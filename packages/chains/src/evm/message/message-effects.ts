import { unsupported } from '../../faults.ts'
import type { MessageDomain } from '../../transaction/decoded.ts'
import type { Account, Allowance, Effect } from '../../transaction/effect.ts'
import { decodeCall } from '../call/decode-call.ts'
import { safeExecution } from '../call/safe.ts'
import { evmAccount } from '../evm-account.ts'
import { tokenAllowance, type Allowed } from '../token-allowance.ts'
import { bytesOf, integerOf } from './hash-typed-data.ts'
import type { TypedData } from './typed-data-types.ts'

const UINT256_MAX = 2n ** 256n - 1n
const AT = 'message'

type Json = Readonly<Record<string, unknown>>

/** The members of a message, which were found to be there and of their types when it was hashed. */
interface Reader {
  account(name: string): Account
  integer(name: string): bigint
  bytes(name: string): Uint8Array
  object(name: string): Reader
  objects(name: string): readonly Reader[]
  flag(name: string): boolean
}

type MessageReader = (message: Reader, contract: Account) => readonly Effect[]

/** What a signed message does by itself, by the exact text of its type: a type of the same name with other members is another type. */
export function messageEffects(
  type: string,
  { message }: TypedData,
  { verifyingContract }: MessageDomain,
): readonly Effect[] {
  const read = READERS.get(type)
  if (read === undefined) {
    const target = verifyingContract === undefined ? {} : { target: verifyingContract }
    return [{ effect: 'unknown', ...target, detail: `a typed message ${type.slice(0, 80)}`, at: AT }]
  }
  if (verifyingContract === undefined) throw unsupported('a message about a contract that its domain does not name')
  return read(readerOf(message), verifyingContract)
}

function readerOf(object: Json): Reader {
  return {
    account: (name) => evmAccount(bytesOf(object[name], name)),
    integer: (name) => integerOf(object[name], name),
    bytes: (name) => bytesOf(object[name], name),
    flag: (name) => object[name] === true,
    object: (name) => readerOf(object[name] as Json),
    objects: (name) => (object[name] as readonly Json[]).map(readerOf),
  }
}

const allowance = (allowed: Omit<Allowed, 'at'>): Allowance => tokenAllowance({ ...allowed, at: AT })

/** Uniswap permit2, AllowanceTransfer: amounts of 160 bits, the largest without end. */
const permit2Allowance = (details: Reader, spender: Account): Allowance =>
  allowance({
    token: details.account('token'),
    spender,
    amountAtomic: details.integer('amount'),
    untilSeconds: details.integer('expiration'),
  })

/** Uniswap permit2, SignatureTransfer: the spender takes once, to whom it likes. */
const permit2Transfer = (permitted: Reader, message: Reader): Allowance =>
  allowance({
    token: permitted.account('token'),
    spender: message.account('spender'),
    amountAtomic: permitted.integer('amount'),
    untilSeconds: message.integer('deadline'),
  })

/** EIP-3009. */
const authorizedTransfer: MessageReader = (message, contract) => [
  {
    effect: 'transfer',
    holding: { kind: 'token', contract },
    from: message.account('from'),
    to: message.account('to'),
    amountAtomic: message.integer('value'),
    at: AT,
  },
]

const safeTransaction: MessageReader = (message, safe) => {
  const call = {
    to: message.account('to'),
    valueAtomic: message.integer('value'),
    data: message.bytes('data'),
    at: `${AT}.calls[0]`,
  }
  const unknown = (detail: string): readonly Effect[] => [
    { effect: 'unknown', target: safe, detail, at: `${AT}.refund` },
  ]
  const operation = message.integer('operation')
  const inside = (nested: typeof call, from?: Account): readonly Effect[] => decodeCall(nested, evmAccount, from)
  const refund =
    message.integer('gasPrice') === 0n
      ? []
      : unknown('the Safe pays whoever executes, an amount that is not in the bytes')
  return [...safeExecution({ safe, call, operation }, { inside, unknown }), ...refund]
}

const TOKEN_PERMISSIONS = 'TokenPermissions(address token,uint256 amount)'
const PERMIT_DETAILS = 'PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)'
const AUTHORIZATION = '(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)'

const READERS: ReadonlyMap<string, MessageReader> = new Map<string, MessageReader>([
  [
    // EIP-2612
    'Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)',
    (message, contract) => [
      allowance({
        token: contract,
        owner: message.account('owner'),
        spender: message.account('spender'),
        amountAtomic: message.integer('value'),
        untilSeconds: message.integer('deadline'),
      }),
    ],
  ],
  [
    // DAI; an expiry of 0 is none.
    'Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)',
    (message, contract) => [
      allowance({
        token: contract,
        owner: message.account('holder'),
        spender: message.account('spender'),
        amountAtomic: message.flag('allowed') ? UINT256_MAX : 0n,
        untilSeconds: message.integer('expiry') === 0n ? UINT256_MAX : message.integer('expiry'),
      }),
    ],
  ],
  [
    `PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)${PERMIT_DETAILS}`,
    (message) => [permit2Allowance(message.object('details'), message.account('spender'))],
  ],
  [
    `PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)${PERMIT_DETAILS}`,
    (message) => message.objects('details').map((details) => permit2Allowance(details, message.account('spender'))),
  ],
  [
    `PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)${TOKEN_PERMISSIONS}`,
    (message) => [permit2Transfer(message.object('permitted'), message)],
  ],
  [
    `PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline)${TOKEN_PERMISSIONS}`,
    (message) => message.objects('permitted').map((permitted) => permit2Transfer(permitted, message)),
  ],
  [`TransferWithAuthorization${AUTHORIZATION}`, authorizedTransfer],
  [`ReceiveWithAuthorization${AUTHORIZATION}`, authorizedTransfer],
  [
    // safe-smart-account, Safe.sol SAFE_TX_TYPEHASH
    'SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)',
    safeTransaction,
  ],
])
