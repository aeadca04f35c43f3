import type { Evidence, Judgement, Objection, Question, Rule } from '@callback-quorum/checker-kit'
import type { Logger, Sql } from '@callback-quorum/service'
import { publicText } from '../rules/public-text.ts'
import { SCREENED_KINDS } from '../rules/screened-kinds.ts'
import { screenSubjects } from '../rules/screen-subjects.ts'
import { findLookAlikes, type Found, type PaidSubject } from './find-look-alikes.ts'
import { knownAddress } from './known-address.ts'
import type { KnownBook } from './known-book.ts'
import type { LookAlikeMetrics } from './look-alike-metrics.ts'
import { lookAlikeText } from './look-alike-text.ts'
import type { LookAlikesConfig } from './look-alikes-config.ts'
import { isPaidRole } from './paid-role.ts'
import { findNearPaid } from './paid-destinations.ts'

export interface LookAlikeOptions {
  readonly config: LookAlikesConfig
  /** The address book (createKnownBook). It exempts its members whether or not the configuration compares with it. */
  readonly book: KnownBook
  readonly database: Sql
  readonly metrics: LookAlikeMetrics
  readonly log: Logger
}

/**
 * Refuses a payment to, or a whitelisting of, an address that resembles, but is not, one of the address book or one that the same organisation was approved to pay
 * lately (address poisoning: dust or a payment of zero puts the forged address into the history that people copy from). Reads the database
 * once; when it does not answer, the rule fails and nothing is approved.
 */
export function lookAlike(options: LookAlikeOptions): Rule {
  return {
    name: 'look-alike',
    kinds: SCREENED_KINDS,
    judge: (question) => judgeQuestion(question, options),
  }
}

async function judgeQuestion(question: Question, options: LookAlikeOptions): Promise<Judgement> {
  const { config, book, database } = options
  const { subjects, objections } = subjectsOf(question)
  const [unread, ...others] = objections
  if (unread !== undefined) return { outcome: 'reject', objections: [unread, ...others] }
  const paid =
    config.recent === 'none'
      ? { near: [] }
      : await findNearPaid(
          database,
          question.organisation,
          subjects.map(({ address }) => address),
          config.recent,
        )
  if ('tooMany' in paid)
    return {
      outcome: 'unable',
      code: 'LOOK_ALIKE_TOO_MANY',
      text: `${String(paid.tooMany)} or more addresses that were paid before would have to be compared`,
    }
  const compared: KnownBook = config.book ? book : { ...book, near: () => [] }
  const found = findLookAlikes(subjects, { book: compared, recent: paid.near }, config)
  return judgementOf(found, subjects.length, options)
}

function judgementOf(
  found: readonly Found[],
  compared: number,
  { config, book, metrics, log }: LookAlikeOptions,
): Judgement {
  for (const { where } of found) metrics.lookAlikes.inc({ known: where, policy: config.policy })
  const evidence: Evidence = {
    compared,
    address_book: config.book ? book.size : 0,
    likeness: { prefix: config.prefix, suffix: config.suffix, total: config.total },
    look_alikes: found.map(foundEvidence),
  }
  const [first, ...others] = found.map(objectionOf)
  switch (config.policy) {
    case 'reject':
      return first === undefined
        ? { outcome: 'approve', evidence }
        : { outcome: 'reject', objections: [first, ...others], evidence }
    case 'report':
      if (found.length > 0) log.warn({ lookAlikes: found.length }, 'a payment to a look-alike was only reported')
      return { outcome: 'approve', evidence }
    default:
      throw new Error(`invariant: unknown policy ${String(config.policy satisfies never)}`)
  }
}

/** Those that are proven ours are left out; what cannot be read or compared is refused. */
function subjectsOf(question: Question): { subjects: readonly PaidSubject[]; objections: readonly Objection[] } {
  const { outputs, binding, configChange } = question
  // A change of the workspace may name no address at all: there is nothing to compare then, and nothing that could be screened.
  if (configChange === undefined && question.chain === undefined) return unknownChain('this request')
  const own = new Set(
    outputs.flatMap(({ own: isOwn, address }) => (isOwn && address !== undefined ? [address.key] : [])),
  )
  const subjects = new Map<string, PaidSubject>()
  for (const { role, raw, chain, address } of screenSubjects(question, [])) {
    if (!isPaidRole(role)) continue
    if (chain === undefined) return unknownChain(`${role} ${publicText(raw)}`)
    if (address === undefined)
      return refused('ADDRESS_INVALID', `${role} ${publicText(raw)} is no address of ${publicText(chain.id)}`)
    if (own.has(address.key) || binding?.isOwn(address.key) === true) continue
    const known = knownAddress(address, chain.id)
    if (known === undefined)
      return refused('CHAIN_UNSUPPORTED', `addresses of ${publicText(chain.id)} cannot be compared`)
    const place = `${known.visible.text} ${known.key}`
    if (!subjects.has(place)) subjects.set(place, { role, raw, address: known })
  }
  return { subjects: [...subjects.values()], objections: [] }
}

const unknownChain = (what: string) =>
  refused('CHAIN_UNSUPPORTED', `the chain of ${what} is not in the asset registry, so nothing is compared`)

const refused = (code: string, text: string) => ({ subjects: [], objections: [{ code, text }] })

const objectionOf = (found: Found): Objection => ({
  code: 'LOOK_ALIKE',
  text: lookAlikeText(found),
  evidence: foundEvidence(found),
})

const foundEvidence = ({ subject, known, where, agreement }: Found): Evidence => ({
  role: subject.role,
  raw: subject.raw,
  resembles: known.text,
  chain: known.chain,
  known: where,
  prefix: agreement.prefix,
  suffix: agreement.suffix,
})
