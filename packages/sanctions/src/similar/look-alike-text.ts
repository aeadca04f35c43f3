import { publicText } from '../rules/public-text.ts'
import type { Found } from './find-look-alikes.ts'

/** Of each end, so many characters more than agree: the first ones that differ are what a person has to see. */
const MORE = 4

/** What the caller is told: both addresses, shortened in the middle, with the characters in which they differ. */
export function lookAlikeText({ subject, known, agreement, where }: Found): string {
  const { prefix, suffix } = agreement
  const place = where === 'address-book' ? 'of the address book' : 'that was paid before'
  const shorten = (text: string): string => publicText(shortened(text, prefix, suffix))
  return (
    `${subject.role} ${shorten(subject.raw)} is not ${shorten(known.text)} ${place}, which it resembles ` +
    `(${String(prefix)} characters at the beginning, ${String(suffix)} at the end)`
  )
}

/** What stands before the compared characters (0x, bc1q, T) is part of the text; a scheme is not. */
const LEADING_MAX = 4

function shortened(text: string, prefix: number, suffix: number): string {
  const plain = text.replace(/^[a-z]+:/i, '')
  const head = LEADING_MAX + prefix + MORE
  const tail = suffix + MORE
  return head + tail >= plain.length ? plain : `${plain.slice(0, head)}...${plain.slice(-tail)}`
}
