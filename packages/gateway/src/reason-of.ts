import type { Doubt, Objection, Tally } from './tally.ts'

/** Why a tally is no approval, in words for the caller and for the record: what was objected to, else what could not be told. */
export const reasonOf = ({ objections, doubts }: Tally): string =>
  (objections.length > 0 ? objections.map(objected) : doubts.map(doubted)).join('; ')

const objected = ({ checker, reason }: Objection): string =>
  reason.startsWith(checker) ? reason : `${checker}: ${reason}`

function doubted({ checker, cause, reason, codes = [] }: Doubt): string {
  const unsaid = codes.filter((code) => !reason.includes(code))
  return `${checker} (${[cause, ...unsaid].join(' ')}): ${reason}`
}
