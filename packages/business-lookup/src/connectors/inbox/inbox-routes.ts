import type { IncomingMessage } from 'node:http'
import type { Database, HttpLimits } from '@callback-quorum/service'
import type { AcceptedPush } from './accept-pushes.ts'
import type { InboxAnswer } from './inbox-answer.ts'
import type { Producer } from './inbox-producers.ts'
import { InboxRefusal } from './inbox-refusal.ts'
import { readIntentRow } from './inbox-rows.ts'
import { isJsonType, mediaTypeOf } from './media-type.ts'
import type { Push } from './push.ts'
import { readBinaryEvent } from './read-binary-event.ts'
import { readBody } from './read-body.ts'
import { readBatch, readStructuredEvent } from './read-event.ts'
import { readReference, type PushRules } from './read-push.ts'
import { readRestCancel, readRestIntent } from './read-rest.ts'
import { readOnRecord, receivePushes, type Receiver } from './receive-pushes.ts'

export interface InboxCall {
  readonly req: IncomingMessage
  readonly producer: Producer
  /** What stands in the path; empty where the path has none. */
  readonly reference: string
  readonly limits: HttpLimits
}

export interface InboxRoute {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly handle: (call: InboxCall, receiver: Receiver) => Promise<InboxAnswer>
}

export const INBOX_ROUTES: readonly InboxRoute[] = [
  { method: 'PUT', path: '/v1/intents/:reference', handle: putIntent },
  { method: 'POST', path: '/v1/intents/:reference/cancel', handle: cancelIntent },
  { method: 'GET', path: '/v1/intents/:reference', handle: getIntent },
  { method: 'POST', path: '/v1/events', handle: postEvents },
]

async function putIntent({ req, producer, reference, limits }: InboxCall, receiver: Receiver): Promise<InboxAnswer> {
  demandJson(req)
  const body = await readBody(req, limits)
  const read = (): Push => readRestIntent(reference, body, producer.organisation, receiver.rules)
  const push = await readOnRecord(read, producer, receiver)
  return answerOne(push, await receivePushes([push], producer, receiver))
}

async function cancelIntent({ req, producer, reference, limits }: InboxCall, receiver: Receiver): Promise<InboxAnswer> {
  demandJson(req)
  const push = readRestCancel(reference, await readBody(req, limits), producer.organisation)
  return answerOne(push, await receivePushes([push], producer, receiver))
}

async function postEvents({ req, producer, limits }: InboxCall, receiver: Receiver): Promise<InboxAnswer> {
  const read = readerOf(req, producer.organisation, receiver.rules)
  const body = await readBody(req, limits)
  const pushes = await readOnRecord(() => read(body), producer, receiver)
  const accepted = await receivePushes(pushes.list, producer, receiver)
  const [only] = pushes.list
  if (!pushes.isBatch && only !== undefined) return { ...answerOne(only, accepted), status: 200 }
  const results = pushes.list.map((push, index) => answerOf(push, accepted[index]))
  return { status: 200, json: JSON.stringify({ results }) }
}

interface ReadPushes {
  readonly list: readonly Push[]
  readonly isBatch: boolean
}

/** CloudEvents over HTTP section 3: the content type alone says in which mode an event comes. Throws InboxRefusal 415. */
function readerOf(req: IncomingMessage, organisation: string, rules: PushRules): (body: Buffer) => ReadPushes {
  const contentType = req.headers['content-type']
  const type = mediaTypeOf(contentType)
  const one = (push: Push): ReadPushes => ({ list: [push], isBatch: false })
  if (type === 'application/cloudevents+json')
    return (body) => one(readStructuredEvent(textOf(body), organisation, rules))
  if (type === 'application/cloudevents-batch+json')
    return (body) => ({ list: readBatch(textOf(body), organisation, rules), isBatch: true })
  const isOtherFormat = type?.startsWith('application/cloudevents') === true
  // A cancel without a body has no content type.
  const isBinary = !isOtherFormat && (contentType === undefined || isJsonType(contentType))
  if (!isBinary)
    throw new InboxRefusal(
      415,
      'content-type: expected application/json, application/cloudevents+json or application/cloudevents-batch+json, in UTF-8',
      { field: 'content-type' },
    )
  return (body) => one(readBinaryEvent(req, body, organisation, rules))
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw new InboxRefusal(400, 'the body: expected JSON in UTF-8')
  }
}

function demandJson(req: IncomingMessage): void {
  if (!isJsonType(req.headers['content-type']))
    throw new InboxRefusal(415, 'content-type: expected application/json, in UTF-8', { field: 'content-type' })
}

const answerOf = ({ reference, version }: Push, accepted: AcceptedPush | undefined): object => ({
  result: accepted?.result,
  reference,
  version: Number(version),
})

function answerOne(push: Push, [accepted]: readonly AcceptedPush[]): InboxAnswer {
  return { status: accepted?.isNew === true ? 201 : 200, json: JSON.stringify(answerOf(push, accepted)) }
}

/** What is stored, with the record as it was received. */
async function getIntent({ producer, reference }: InboxCall, { database }: Receiver): Promise<InboxAnswer> {
  return { status: 200, json: await storedJson(database, producer.organisation, readReference('reference', reference)) }
}

async function storedJson(database: Database, organisation: string, reference: string): Promise<string> {
  const row = await readIntentRow(database, { organisation, reference })
  if (row === undefined) throw new InboxRefusal(404, 'reference: expected one that was pushed', { field: 'reference' })
  const head = JSON.stringify({
    reference,
    organisation,
    version: row.version === null ? null : Number(row.version),
    record_digest: row.record_digest,
    cancelled: row.cancelled_version !== null,
    cancelled_version: row.cancelled_version === null ? null : Number(row.cancelled_version),
    disputed: row.disputed,
    updated_at: row.updated_at,
  })
  return `${head.slice(0, -1)},"data":${row.data === null ? 'null' : row.data.toString('utf8')}}`
}
