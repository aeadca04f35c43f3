import { AdminFault } from './admin-fault.ts'
import type { AdminCall } from './admin-server.ts'

/** Rows of one answer, where a route does not say otherwise. */
export const PAGE = 100

/** The query of a call, when all its names are known ones. Throws AdminFault 400 for any other: a filter that is ignored misleads. */
export function readQuery<Name extends string>(
  { query }: Pick<AdminCall, 'query'>,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const unknown = Object.keys(query).filter((name) => !names.some((known) => known === name))
  if (unknown.length > 0)
    throw new AdminFault(400, `the query names ${unknown.join(', ')}; expected of ${names.join(', ')}`)
  return query as Partial<Record<Name, string>>
}

/** One of the words, or undefined. Throws AdminFault 400. */
export function readWord<Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined) return undefined
  const word = words.find((known) => known === text)
  if (word === undefined) throw new AdminFault(400, `${name} is not known; expected one of ${words.join(', ')}`)
  return word
}

/** An id of the database, as this API writes it. Throws AdminFault 400. */
export function readId(name: string, text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new AdminFault(400, `${name} is not an id; expected digits`)
  return BigInt(text)
}

/** Where the next page begins: only this API reads what is in it. */
export const cursorOf = (values: readonly string[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')

/** The values of a cursor of this many. Throws AdminFault 400. */
export function readCursor(text: string | undefined, length: number): readonly string[] | undefined {
  if (text === undefined) return undefined
  const values = parsed(Buffer.from(text, 'base64url').toString())
  if (!Array.isArray(values) || values.length !== length || !values.every((value) => typeof value === 'string'))
    throw new AdminFault(400, 'after is not one that this API gave')
  return values
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
