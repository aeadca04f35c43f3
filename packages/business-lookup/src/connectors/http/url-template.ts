import type { Asked } from '../connector.ts'

type Parameter = 'reference' | 'organisation'

const PLACEHOLDER = /\{([a-z]*)\}/
const SCHEME_AND_AUTHORITY = /^https?:\/\/[^/?#\\@]+\//
/** Between two values stands something that neither can hold, so that two questions never become one. */
const SEPARATOR = /[/?&]/
/** Longer than any reference that people or systems write; the request line stays far below what servers take. */
const VALUE_LENGTH_MAX = 512
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u
/** Encoded it is one segment here, but servers on the way decode a path, some twice, before they look at its segments. */
const PATH_SYNTAX = /[/\\%]|^\.{1,2}$/

export interface UrlTemplate {
  /** Scheme, host and port: the same for every question. */
  readonly origin: URL
  /** Path and query of one question; undefined when a value could be read there as anything but itself. */
  pathFor(asked: Asked): string | undefined
}

/**
 * Reads a URL with `{reference}` and, where wanted, `{organisation}` in its path or query. Undefined when a placeholder is unknown or stands
 * before the path, when none is `{reference}`, and for a URL that is not in its plain form: user, fragment, dot segments, characters to encode.
 */
export function parseUrlTemplate(text: string): UrlTemplate | undefined {
  // Texts at the even places, names at the odd ones.
  const parts = text.split(PLACEHOLDER)
  const names = parts.filter((_, index) => index % 2 === 1)
  const texts = parts.filter((_, index) => index % 2 === 0)
  const filled = texts.join('x')
  const url = URL.parse(filled)
  const isPlain = url !== null && url.href === filled && !/[#{}]/.test(filled) && url.username === ''
  if (!isPlain || !SCHEME_AND_AUTHORITY.test(texts[0] ?? '')) return undefined
  if (!names.includes('reference') || !names.every(isParameter)) return undefined
  if (!texts.slice(1, -1).every((between) => SEPARATOR.test(between))) return undefined
  return { origin: new URL(url.origin), pathFor: (asked) => fill(texts, names.filter(isParameter), asked, url.origin) }
}

function fill(texts: readonly string[], names: readonly Parameter[], asked: Asked, origin: string): string | undefined {
  let filled = texts[0] ?? ''
  for (const [index, name] of names.entries()) {
    const value = asked[name]
    if (!isUsable(value) || (!filled.includes('?') && PATH_SYNTAX.test(value))) return undefined
    filled += `${encodeURIComponent(value)}${texts[index + 1] ?? ''}`
  }
  return filled.slice(origin.length)
}

const isParameter = (name: string): name is Parameter => name === 'reference' || name === 'organisation'

const isUsable = (value: string): boolean =>
  value !== '' && value.length <= VALUE_LENGTH_MAX && !CONTROL_OR_LONE_SURROGATE.test(value)
