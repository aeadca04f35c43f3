import { REASON_LENGTH_MAX } from './inbox-limits.ts'
import type { CancelPush, IntentPush } from './push.ts'
import {
  checkOrganisation,
  isReason,
  readIntentPush,
  readObject,
  readReference,
  readVersion,
  refuseField,
  type PushRules,
} from './read-push.ts'
import { writtenMembers } from './written-members.ts'

/** `PUT /v1/intents/{reference}`: `{ version, data }`. Throws InboxRefusal. */
export function readRestIntent(reference: string, body: Buffer, organisation: string, rules: PushRules): IntentPush {
  const members = readMembers(body, ['version', 'data', 'organisation'], organisation)
  const data = writtenMembers(body.toString('utf8')).get('data')
  if (data === undefined) return refuseField('data', 'the record of the business system')
  return readIntentPush(
    {
      kind: 'intent',
      organisation,
      reference: readReference('reference', reference),
      version: readVersion(members['version']),
      data: Buffer.from(data),
    },
    rules,
  )
}

/** `POST /v1/intents/{reference}/cancel`: `{ version, reason }`. Throws InboxRefusal. */
export function readRestCancel(reference: string, body: Buffer, organisation: string): CancelPush {
  const members = readMembers(body, ['version', 'reason', 'organisation'], organisation)
  const { reason } = members
  if (!isReason(reason)) return refuseField('reason', `a text of 1 to ${REASON_LENGTH_MAX} characters`)
  return {
    kind: 'cancel',
    organisation,
    reference: readReference('reference', reference),
    version: readVersion(members['version']),
    reason,
  }
}

function readMembers(body: Buffer, known: readonly string[], organisation: string) {
  const members = readObject(body)
  const unknown = Object.keys(members).find((name) => !known.includes(name))
  if (unknown !== undefined) refuseField('the body', `no members but ${known.join(', ')}`)
  checkOrganisation(members['organisation'], organisation)
  return members
}
