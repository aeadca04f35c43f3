import { z } from 'zod'
import { ChainsFault, malformed, tooLarge } from '../../faults.ts'

/** Applications have at most a few dozen of each; deeper or more is made to confuse. */
const TYPES_MAX = 64
const MEMBERS_MAX = 64
export const DEPTH_MAX = 16

export interface Member {
  readonly name: string
  readonly type: string
}

export interface TypedData {
  readonly types: ReadonlyMap<string, readonly Member[]>
  readonly primaryType: string
  readonly domain: Readonly<Record<string, unknown>>
  readonly message: Readonly<Record<string, unknown>>
}

const NAME = /^[A-Za-z_$][A-Za-z0-9_$]{0,63}$/

const member = z.strictObject({ name: z.string().regex(NAME), type: z.string().min(1).max(100) })
const typedData = z.strictObject({
  types: z.record(z.string().regex(NAME), z.array(member).max(MEMBERS_MAX)),
  primaryType: z.string().regex(NAME),
  domain: z.record(z.string(), z.unknown()),
  message: z.record(z.string(), z.unknown()),
})

/** EIP-712: which members a domain may have, in this order, each of this type. */
const DOMAIN_MEMBERS: readonly Member[] = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
  { name: 'salt', type: 'bytes32' },
]
export const DOMAIN_TYPE = 'EIP712Domain'

/** The shape of a signing request for typed data, with nothing in it that the standard does not know. Throws ChainsFault. */
export function readTypedData(structured: unknown): TypedData {
  const parsed = typedData.safeParse(structured)
  if (!parsed.success) throw malformed('not types, primaryType, domain and message of EIP-712')
  const { primaryType, domain, message } = parsed.data
  const types = new Map(Object.entries(parsed.data.types))
  if (types.size > TYPES_MAX) throw tooLarge(`more than ${String(TYPES_MAX)} types`)
  for (const [name, members] of types) {
    if (isElementary(name)) throw malformed(`the type ${name} has the name of an elementary one`)
    if (new Set(members.map((one) => one.name)).size !== members.length)
      throw malformed(`the type ${name} has two members of one name`)
    for (const { type } of members) assertKnown(elementOf(type), types)
  }
  if (!types.has(primaryType) || primaryType === DOMAIN_TYPE)
    throw malformed('the primary type is not one of the types')
  assertDomain(types.get(DOMAIN_TYPE))
  return { types, primaryType, domain, message }
}

function assertDomain(members: readonly Member[] | undefined): void {
  if (members === undefined) throw malformed('the type of the domain is missing')
  const order = members.map(({ name, type }) =>
    DOMAIN_MEMBERS.findIndex((known) => known.name === name && known.type === type),
  )
  if (order.includes(-1)) throw malformed('the domain has a member that the standard does not know')
  if (order.some((position, index) => index > 0 && position <= (order[index - 1] ?? 0)))
    throw malformed('the members of the domain are not in the order of the standard')
}

function assertKnown(type: string, types: ReadonlyMap<string, unknown>): void {
  if (!isElementary(type) && !types.has(type)) throw malformed(`the type ${type.slice(0, 40)} is not defined`)
}

/** `Person[3][]` to `Person`. */
export function elementOf(type: string): string {
  const element = type.replace(/(?:\[(?:[1-9]\d{0,3})?\])+$/, '')
  if (/[[\]]/.test(element)) throw malformed('an array type that is not written as the standard wants')
  return element
}

export const isElementary = (type: string): boolean =>
  /^(?:address|bool|string|bytes|bytes(?:[1-9]|[12]\d|3[0-2])|u?int(?:8|16|24|32|40|48|56|64|72|80|88|96|104|112|120|128|136|144|152|160|168|176|184|192|200|208|216|224|232|240|248|256))$/.test(
    type,
  )

/** `encodeType` of EIP-712: the type, then every type it refers to, sorted by name. */
export function encodeType(primaryType: string, types: TypedData['types']): string {
  const found = new Set<string>()
  collect(primaryType, types, found, 0)
  found.delete(primaryType)
  return [primaryType, ...[...found].sort()]
    .map((name) => `${name}(${(types.get(name) ?? []).map((one) => `${one.type} ${one.name}`).join(',')})`)
    .join('')
}

function collect(name: string, types: TypedData['types'], found: Set<string>, depth: number): void {
  if (found.has(name)) return
  if (depth > DEPTH_MAX) throw new ChainsFault('TRANSACTION_TOO_LARGE', 'types nested too deep')
  found.add(name)
  for (const { type } of types.get(name) ?? []) {
    const element = elementOf(type)
    if (types.has(element)) collect(element, types, found, depth + 1)
  }
}
