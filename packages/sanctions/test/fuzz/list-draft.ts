import { disguise, writePlain } from './disguise.ts'
import { LAYOUTS, type Layout, type Part } from './layouts.ts'
import { makeAddress, type MadeAddress } from './made-address.ts'
import type { Random } from './random.ts'

/** The bound on one file. */
export const FILE_BYTES_MAX = 20_000
/** Few enough for the widest records of the widest format. */
const ADDRESSES_MAX = 14

/** A list that is still to be written: what stands in it is known without reading it. */
export interface Draft {
  readonly layout: Layout
  readonly parts: readonly DraftPart[]
}

export interface DraftPart extends Part {
  readonly address: MadeAddress
  /** As it was before it was disguised and escaped. */
  readonly listed: string
}

export function makeDraft(random: Random): Draft {
  const layout = random.pick(LAYOUTS)
  const parts = Array.from({ length: random.between(2, ADDRESSES_MAX) }, () => makePart(layout, random))
  return { layout, parts }
}

export function makePart(layout: Layout, random: Random): DraftPart {
  const address = makeAddress(random)
  const { text } = random.pick(address.spellings)
  return {
    address,
    party: String(random.between(1, 9)),
    code: random.oneIn(2) ? 0 : 1,
    listed: text,
    written: writePlain(text, layout.markup),
  }
}

export const disguised = (part: DraftPart, { markup }: Layout, random: Random): DraftPart => ({
  ...part,
  written: disguise(part.listed, markup, random),
})

export const textOf = ({ layout, parts }: Draft): string => layout.write(parts)

/** The addresses of a draft that a changed text of it still holds: their records stand there letter for letter, as records. */
export function intactParts(draft: Draft, changed: string): readonly DraftPart[] {
  const { layout, parts } = draft
  const original = textOf(draft)
  if (changed === original) return parts
  const context = layout.context?.exec(original)?.[0] ?? ''
  const isXml = layout.markup === 'xml'
  const seen = isXml ? withoutComments(changed) : changed.replaceAll('\r\n', '\n')
  if (isXml ? !seen.includes(withoutComments(context)) : !seen.startsWith(context.replaceAll('\r\n', '\n'))) return []
  const records = original.match(layout.record) ?? []
  const kept = records.filter((record) =>
    isXml ? seen.includes(withoutComments(record)) : isWholeLine(seen, record.replaceAll('\r\n', '\n'), layout),
  )
  return parts.filter(({ written }) => kept.some((record) => record.includes(written)))
}

/** What XML reads otherwise than as it stands. A section that never ends makes the file unreadable, and nothing is required of it. */
const withoutComments = (text: string): string =>
  text
    .replace(/<!--.*?-->|<\?.*?\?>/gs, '')
    .replace(/<!\[CDATA\[(.*?)\]\]>/gs, (_, inner: string) =>
      inner.replace(/[&<>]/g, (sign) => `&#${String(sign.charCodeAt(0))};`),
    )

/** A line of CSV that stands between quotes is a piece of a cell. */
function isWholeLine(text: string, line: string, { markup }: Layout): boolean {
  for (let at = text.indexOf(line); at !== -1; at = text.indexOf(line, at + 1)) {
    const isStart = at === 0 || text[at - 1] === '\n'
    const quotes = markup === 'csv' ? text.slice(0, at).split('"').length - 1 : 0
    if (isStart && quotes % 2 === 0) return true
  }
  return false
}
