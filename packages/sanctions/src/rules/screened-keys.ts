import type { ScreenedSubject } from './screen-subjects.ts'

/** Longer texts are never addresses (FAQ 563: up to 256 characters). */
const TEXT_LENGTH_MAX = 256

/** Under which keys people may have blocked or allowed this: the address, the same private key elsewhere, its owner, and the very text. */
export function screenedKeys({ raw, address, owners = [] }: ScreenedSubject): readonly string[] {
  const keys: string[] = address === undefined ? [] : [address.key, ...address.sameKey, ...owners]
  const text = raw.trim()
  // The database takes no NUL, and no address has one.
  if (text !== '' && text.length <= TEXT_LENGTH_MAX && !text.includes('\u0000')) keys.push(`opaque:${text}`)
  return [...new Set(keys)]
}
