import type { Random } from './random.ts'

/** How a list writes text. */
export type Markup = 'xml' | 'csv' | 'json' | 'text'

/** Drawn without any width or mark, or as a mark on the letter before; what editors, web pages and right-to-left text leave behind. */
const INVISIBLE =
  '\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c\u202e\u2066\u2069\u061c\u180e\ufe0f\u034f\u115f\u3164\uffa0\u17b4'
/** Latin letters and their Cyrillic and Greek look-alikes, a few of each alphabet. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  A: 'АΑ',
  B: 'ВΒ',
  E: 'ЕΕ',
  H: 'НΗ',
  K: 'КΚ',
  M: 'МΜ',
  P: 'РΡ',
  T: 'ТΤ',
  X: 'ХΧ',
  Y: 'Υ',
  a: 'а',
  c: 'с',
  e: 'е',
  o: 'оο',
  p: 'р',
  x: 'х',
  y: 'у',
}
const FULL_WIDTH_SHIFT = 0xfee0
const SPACES = [' ', '\t', '\u00a0', '\u2003', '\u3000', ' \t ']

type Change = (random: Random, letters: string[]) => void

/** Changes up to `most` letters where they stand. */
const some =
  (most: number, change: (letter: string, random: Random) => string): Change =>
  (random, letters) => {
    for (let left = random.between(1, most); left > 0; left -= 1) {
      const at = random.below(letters.length)
      letters[at] = change(letters[at] ?? '', random)
    }
  }

const hide = some(3, (letter, random) => `${letter}${random.pick(Array.from(INVISIBLE))}`)
const resemble = some(12, (letter, random) => random.pick(Array.from(LOOK_ALIKES[letter] ?? letter)))
const widen = some(60, (letter) =>
  /^[0-9A-Za-z]$/.test(letter) ? String.fromCodePoint(letter.charCodeAt(0) + FULL_WIDTH_SHIFT) : letter,
)
const pad: Change = (random, letters) => {
  letters.unshift(random.pick(SPACES))
  letters.push(random.pick(SPACES))
}

const CHANGES: readonly Change[] = [hide, hide, resemble, widen, pad]

const escapeXml = (letter: string): string => letter.replace(/[&<>]/g, (sign) => `&#${String(sign.charCodeAt(0))};`)

/** Each letter as the markup lets it be written, by an escape now and then. */
const WRITERS: Readonly<Record<Markup, (letter: string, random: Random) => string>> = {
  text: (letter) => letter,
  csv: (letter) => letter.replaceAll('"', '""'),
  json: (letter) => {
    const units = Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at).toString(16).padStart(4, '0'))
    return units.map((unit) => `\\u${unit}`).join('')
  },
  xml: (letter, random) => {
    const code = letter.codePointAt(0) ?? 0
    const forms = [
      `&#${String(code)};`,
      `&#x${code.toString(16)};`,
      `&#x000${code.toString(16).toUpperCase()};`,
      `<![CDATA[${letter}]]>`,
      `<!-- -->${escapeXml(letter)}`,
    ]
    return random.pick(forms)
  },
}

/** The text as it stands in a file, letter for letter. */
export const writePlain = (text: string, markup: Markup): string => {
  if (markup === 'xml') return escapeXml(text)
  return markup === 'json' ? JSON.stringify(text).slice(1, -1) : text
}

/** Another way to put the same address into a file: a reader of the list must still find the address that was meant. */
export function disguise(text: string, markup: Markup, random: Random): string {
  const letters = Array.from(text)
  if (!random.oneIn(3)) random.pick(CHANGES)(random, letters)
  const isEscaped = random.oneIn(2)
  return letters
    .flatMap((letter) => Array.from(letter))
    .map((letter) => (isEscaped && random.oneIn(4) ? WRITERS[markup](letter, random) : writePlain(letter, markup)))
    .join('')
}
