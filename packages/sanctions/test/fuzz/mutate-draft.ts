import { disguised, FILE_BYTES_MAX, intactParts, makePart, textOf, type Draft, type DraftPart } from './list-draft.ts'
import { packText } from './mutate-bytes.ts'
import { mutateText } from './mutate-text.ts'
import type { Random } from './random.ts'

export interface MutatedFile {
  readonly bytes: Uint8Array
  /** The addresses that stand in it as they should: whoever accepts the file must find them. */
  readonly intact: readonly DraftPart[]
}

type Mutation = (parts: DraftPart[], draft: Draft, random: Random) => void

/** What a publisher may do from one day to the next. */
const PUBLISHED: readonly Mutation[] = [
  (parts, _, random) => void parts.splice(random.below(parts.length), 1),
  (parts, _, random) => void parts.splice(0, random.below(parts.length)),
  (parts, _, random) => parts.push(random.pick(parts)),
  (parts, { layout }, random) => parts.push(makePart(layout, random)),
  (parts, _, random) => parts.unshift(...parts.splice(random.below(parts.length), 1)),
  (parts, _, random) => change(parts, random, (part) => ({ ...part, party: String(random.between(1, 9)) })),
  (parts, _, random) => change(parts, random, (part) => ({ ...part, code: random.oneIn(2) ? 0 : 1 })),
]

const change = (parts: DraftPart[], random: Random, by: (part: DraftPart) => DraftPart): void => {
  const at = random.below(parts.length)
  const part = parts[at]
  if (part !== undefined) parts[at] = by(part)
}

const disguiseSome: Mutation = (parts, { layout }, random) => {
  for (let left = random.between(1, 4); left > 0; left -= 1)
    change(parts, random, (part) => disguised(part, layout, random))
}

/** A list that was published anew, written otherwise, damaged, packed, or all of these. Not over the bound on one file. */
export function mutateDraft(draft: Draft, random: Random): MutatedFile {
  const parts = [...draft.parts]
  if (random.oneIn(3)) random.pick(PUBLISHED)(parts, draft, random)
  if (parts.length > 0 && random.oneIn(3)) disguiseSome(parts, draft, random)
  const changed = { ...draft, parts }
  const whole = textOf(changed)
  const mutated = random.oneIn(4) ? whole : mutateText(whole, random)
  const text = Buffer.byteLength(mutated) > FILE_BYTES_MAX ? whole : mutated
  const { bytes, seen } = packText(text, random)
  return { bytes, intact: intactParts(changed, seen) }
}
