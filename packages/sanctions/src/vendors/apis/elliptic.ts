import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { AnswerFault } from '../answers/answer-fault.ts'
import { decimalOf, isAtLeast, readDecimal } from '../answers/decimal.ts'
import { isAbout } from '../answers/is-about.ts'
import { readAnswer } from '../answers/read-answer.ts'
import { coverageOf } from '../coverage-of.ts'
import type { Finding, Screening, VendorApi } from '../vendor.ts'
import type { EllipticConfig } from '../vendors-config.ts'

const SCORE_MAX = decimalOf('10')
const NOT_FOUND = 404

const answerSchema = z.object({
  id: z.string().max(128),
  subject: z.object({ hash: z.string() }),
  process_status: z.string(),
  error: z.unknown().optional(),
  risk_score: z.string().nullable(),
  cluster_entities: z
    .array(
      z.object({
        name: z.string().nullish(),
        category: z.string(),
        is_after_sanction_date: z.boolean().nullish(),
      }),
    )
    .nullish(),
})

/** The documented refusal for an address that has no transaction yet. */
const notFoundSchema = z.object({ name: z.literal('NotInBlockchain') })

/**
 * Elliptic's wallet screening: `POST /v2/wallet/synchronous` over all assets and chains ("holistic"), signed with HMAC. Rejects from
 * `reject_score` on, for an owner of `reject_categories`, and for an owner with `is_after_sanction_date`. Null is no score, whatever
 * rules it comes from.
 * Source: developers.elliptic.co, "AML API", Authentication and "Run a single analysis"; the name of the 404 is not in the reference
 * but in what users of the API report.
 */
export function elliptic(config: EllipticConfig): VendorApi {
  return {
    readsText: true,
    coverage: coverageOf(config.families, config.outside_coverage),
    exchange: ({ text }, { key = '', secret = '' }, nowMs) => {
      const body = JSON.stringify({
        subject: { asset: 'holistic', blockchain: 'holistic', type: 'address', hash: text },
        type: 'wallet_exposure',
        customer_reference: config.customer_reference,
      })
      const timestamp = String(nowMs)
      return {
        method: 'POST',
        path: config.path,
        headers: {
          'x-access-key': key,
          'x-access-sign': signEllipticRequest(secret, timestamp, 'POST', config.path, body),
          'x-access-timestamp': timestamp,
        },
        body,
        statuses: [200, NOT_FOUND],
        read: (answer) =>
          answer.status === NOT_FOUND ? readNotFound(answer.body, config) : readScore(answer.body, text, config),
      }
    },
  }
}

/**
 * Base64 of HMAC-SHA256, keyed with the base64-decoded secret, over timestamp (ms), method, path in small letters and body
 * (developers.elliptic.co, "AML API", Authentication).
 */
export function signEllipticRequest(
  secret: string,
  timestamp: string,
  method: 'GET' | 'POST',
  path: string,
  body: string,
): string {
  return createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(timestamp + method + path.toLowerCase() + body)
    .digest('base64')
}

function readScore(body: Uint8Array, asked: string, config: EllipticConfig): Screening {
  const answer = readAnswer(body, answerSchema)
  const reference = answer.id
  if (!isAbout(asked, answer.subject.hash)) throw new AnswerFault('the answer is about another address')
  if (answer.error !== undefined && answer.error !== null) throw new AnswerFault('the analysis ended in an error')
  if (answer.process_status !== 'complete') return { status: 'unknown', why: 'the analysis is not complete', reference }
  const score = answer.risk_score === null ? undefined : readDecimal(answer.risk_score)
  if (answer.risk_score !== null && (score === undefined || !isAtLeast(SCORE_MAX, score)))
    throw new AnswerFault('the risk score is not from 0 to 10')
  const owners = (answer.cluster_entities ?? []).map(
    ({ category, name, is_after_sanction_date: isSanctioned }): Finding => ({
      category,
      level: name ?? 'owner',
      relation: isSanctioned === true ? 'owner after its sanction date' : 'owner',
      effect: isSanctioned === true || config.reject_categories.includes(category) ? 'reject' : 'report',
    }),
  )
  if (score === undefined) {
    // What is known against the owner stands without a score.
    if (owners.some(({ effect }) => effect === 'reject')) return { status: 'ok', findings: owners, reference }
    return { status: 'unknown', why: 'there is no risk score', reference }
  }
  const isHigh = isAtLeast(score, decimalOf(config.reject_score))
  const scored: Finding = {
    category: 'risk score',
    level: answer.risk_score ?? '',
    effect: isHigh ? 'reject' : 'report',
  }
  return { status: 'ok', findings: [scored, ...owners], reference }
}

function readNotFound(body: Uint8Array, { never_seen: neverSeen }: EllipticConfig): Screening {
  readAnswer(body, notFoundSchema)
  return neverSeen === 'clean'
    ? { status: 'ok', findings: [{ category: 'never seen', level: 'NotInBlockchain', effect: 'report' }] }
    : { status: 'unknown', why: 'the address was never seen' }
}
