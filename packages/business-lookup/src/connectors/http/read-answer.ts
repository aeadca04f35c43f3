import type { WrittenJson } from '@callback-quorum/protocol'
import type { Dispatcher } from 'undici'
import { RecordFault, intentOfJson } from '../../record/read-intent.ts'
import type { ReadMap } from '../../record/record-map.ts'
import type { LookUp } from '../connector.ts'
import { assertSignature } from './assert-signature.ts'
import type { HttpConnectorConfig } from './http-config.ts'
import { malformed } from './http-fault.ts'
import { parseBody, passOver, readBody } from './read-json-body.ts'
import { statusFault } from './status-fault.ts'

type NotFound = HttpConnectorConfig['response']['not_found']

export interface AnswerForm {
  readonly map: ReadMap
  readonly bytesMax: number
  readonly notFound: NotFound
  /** `secret`: the content of its file, read for this look-up. */
  readonly signature?: { readonly header: string; readonly secret: string } | undefined
}

/**
 * Reads one answer. What it says that is neither a record, nor several, nor "no such payment" is thrown as HttpFault; the reason of `signal` too.
 * "No such payment" needs no signature: it can approve nothing.
 */
export async function readAnswer(
  response: Dispatcher.ResponseData,
  { map, bytesMax, notFound, signature }: AnswerForm,
  signal: AbortSignal,
): Promise<LookUp> {
  const { statusCode: status, headers } = response
  if (notFound.some((listed) => listed === status)) {
    await passOver(response, signal)
    return { found: 'none' }
  }
  if (status < 200 || status > 299) {
    await passOver(response, signal)
    throw statusFault(response)
  }
  const bytes = await readBody(response, bytesMax, signal)
  if (signature !== undefined) assertSignature(bytes, headers[signature.header], signature.secret)
  return lookUpOf(bytes, map, notFound)
}

/** An object is the record; a list is what was found. */
function lookUpOf(bytes: Uint8Array, map: ReadMap, notFound: NotFound): LookUp {
  const top = parseBody(bytes)
  const found: readonly WrittenJson[] = Array.isArray(top) ? top : [top]
  const [record = null] = found
  if (found.length > 1) return { found: 'many' }
  if (found.length === 0) {
    if (notFound.includes('empty_array')) return { found: 'none' }
    throw malformed('answered an empty list, which not_found does not name')
  }
  try {
    return { found: 'one', intent: intentOfJson(record, map, bytes) }
  } catch (cause) {
    if (cause instanceof RecordFault) throw malformed(`answered no record of the mapping: ${cause.message}`, { cause })
    throw cause
  }
}
