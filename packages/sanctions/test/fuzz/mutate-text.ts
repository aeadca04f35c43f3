import type { Random } from './random.ts'

type Mutation = (text: string, random: Random) => string

/** What means something in one of the formats, or to a reader that is not careful. */
const PIECES = [
  ...['<', '>', '&', '"', '""', "'", ',', ';', '\t', '#', '\\', '{', '}', '[', ']', '\r', '\n', '\r\n', '\0', '\ufeff'],
  ...['\u2028', '\u0085', '\u200b', '\u00a0', '\ud800', '\ud83d\ude00', '\u0008', '\u007f', '/', '=', ':', '--'],
  ...['<!--', '-->', '<!-- x -->', '<![CDATA[', ']]>', '<?x y?>', '&a;', '&#0;', '&#x110000;', '&lt;', '&amp;', '%20'],
  ...['<!DOCTYPE a [<!ENTITY a "b">]>', '<?xml version="1.1" encoding="utf-16"?>', 'xmlns="urn:x"', ' DeltaAction="A"'],
  ...[
    'null',
    'true',
    '\\u0000',
    '\\ud800',
    '"publicKey":[],',
    ',"properties":{}',
    '# rows: 3\n',
    '-0- ',
    '<a/>',
    '</a>',
  ],
]

/** Words of the formats, each with one that means something else there. */
const WORDS: readonly (readonly [string, string])[] = [
  ['1550', '91507'],
  ['Digital Currency Address - ', 'Digital Currency Adress - '],
  ['Digital Currency Address - XBT', 'Gender'],
  ['VersionDetail', 'VersionDetails'],
  ['FeatureVersion', 'FeatureVersions'],
  ['value', 'valueRefId'],
  ['CryptoWallet', 'Person'],
  ['publicKey', 'accountId'],
  ['identifiers', 'notes'],
  ['"holder"', '"HOLDER"'],
  ['INDIVIDUALS', 'INDIVIDUAL'],
  ['entities', 'entity'],
  ['ENTITIES', 'ARCHIVE'],
  ['Designations', 'Designation'],
  ['UTF-8', 'ISO-8859-1'],
  ['utf-8', 'utf-16'],
  ['2025', '2019'],
  ['2030', '2020'],
  ['Sanction"', 'Sanctions"'],
  ['Report Date', 'Date'],
]
const NUMBERS = ['0', '-1', '1e309', 'NaN', '99999999999999999999999999', '0x10', '', '1.5', '-9007199254740993', '٣']

const place = (text: string, random: Random): number => random.below(text.length + 1)

function span(text: string, random: Random, most: number): readonly [from: number, to: number] {
  const from = place(text, random)
  return [from, Math.min(text.length, from + random.between(1, most))]
}

const replaced = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to)

/** An element by its names: from one opening tag to the next closing tag of that name. */
function element(text: string, random: Random): readonly [from: number, to: number, name: string] | undefined {
  const tags = [...text.matchAll(/<([A-Za-z:]+)(?=[\s>])/g)]
  if (tags.length === 0) return undefined
  const { index, 1: name = '' } = random.pick(tags)
  const end = text.indexOf(`</${name}>`, index)
  return end === -1 ? undefined : [index, end + name.length + 3, name]
}

function lines(text: string, random: Random, change: (all: string[], at: number) => void): string {
  const all = text.split('\n')
  change(all, random.below(all.length))
  return all.join('\n')
}

const onElement =
  (change: (text: string, at: readonly [from: number, to: number, name: string], random: Random) => string): Mutation =>
  (text, random) => {
    const at = element(text, random)
    return at === undefined ? text : change(text, at, random)
  }

const MUTATIONS: readonly Mutation[] = [
  // Characters
  (text, random) => replaced(text, ...span(text, random, 1), ''),
  (text, random) => replaced(text, ...span(text, random, 1), String.fromCodePoint(random.between(1, 0x17f))),
  (text, random) => replaced(text, ...span(text, random, 200), ''),
  (text, random) => insert(text, random, random.pick(PIECES)),
  (text, random) => insert(insert(text, random, random.pick(PIECES)), random, random.pick(PIECES)),
  (text, random) => insert(text, random, text.slice(...span(text, random, 400))),
  (text, random) => changeCase(text, ...span(text, random, 200), random),
  // Ends
  (text, random) => text.slice(0, place(text, random)),
  (text, random) => text.slice(place(text, random)),
  (text) => text + text,
  (text, random) => text + random.pick(['\n', '\n\n', ' ', '\0', 'x', '<a/>', '\r\n']),
  // Lines
  (text, random) => lines(text, random, (all, at) => void all.splice(at, 1)),
  (text, random) => lines(text, random, (all, at) => void all.splice(at, 0, all[random.below(all.length)] ?? '')),
  (text, random) =>
    lines(text, random, (all, at) => void all.splice(random.below(all.length), 0, ...all.splice(at, 1))),
  (text, random) => lines(text, random, (all, at) => (all[at] = random.pick(['', ' ', '#', `#${all[at] ?? ''}`, '"']))),
  (text) => text.replace(/\r?\n/g, '\r\n'),
  (text, random) => text.replace(/\r?\n/g, random.pick(['\n', '\r', '\n\n', '\u0085'])),
  // Elements
  onElement((text, [from, to]) => replaced(text, from, to, '')),
  onElement((text, [from, to]) => replaced(text, to, to, text.slice(from, to))),
  onElement((text, [from, to], random) => insert(replaced(text, from, to, ''), random, text.slice(from, to))),
  onElement((text, [from, to, name]) => replaced(text, from, to, `<${name}>${text.slice(from, to)}</${name}>`)),
  onElement((text, [from, to], random) => nest(text, from, to, random.between(1, 60))),
  onElement((text, [from, to, name], random) =>
    replaced(
      text,
      from,
      to,
      text.slice(from, to).replaceAll(name, random.pick(['other', `x:${name}`, name.toUpperCase()])),
    ),
  ),
  onElement((text, at, random) => inOther(text, at, element(text, random))),
  onElement((text, [from, to]) => replaced(text, from, to, `<!--${text.slice(from, to)}-->`)),
  onElement((text, [from, to]) => replaced(text, from, to, `<![CDATA[${text.slice(from, to)}]]>`)),
  onElement((text, [from, to, name]) => replaced(text, from, to, `<${name}/>`)),
  // Attributes
  (text, random) => attribute(text, random, () => ''),
  (text, random) => attribute(text, random, (whole) => whole + whole),
  (text, random) => attribute(text, random, (_, name) => ` ${name}=""`),
  (text, random) => attribute(text, random, (_, name, value) => ` ${name}='${value}'`),
  (text, random) => attribute(text, random, (_, name, value) => ` x:${name}="${value}"`),
  (text, random) => attribute(text, random, (_, name) => ` ${name}="${random.pick(NUMBERS)}"`),
  // Numbers and words
  (text, random) => each(text, /\d+/g, random, () => random.pick(NUMBERS)),
  (text, random) => each(text, /\d+/g, random, (digits) => digits.repeat(20)),
  (text, random) => word(text, random, (all, from, to) => all.replaceAll(from, to)),
  (text, random) => word(text, random, (all, from, to) => all.replace(from, to)),
  (text, random) => insert(text, random, '['.repeat(random.between(1, 3_000))),
  (text, random) => insert(text, random, '{"a":'.repeat(random.between(1, 2_000))),
]

function insert(text: string, random: Random, piece: string): string {
  const at = place(text, random)
  return replaced(text, at, at, piece)
}

function changeCase(text: string, from: number, to: number, random: Random): string {
  const part = text.slice(from, to)
  return replaced(text, from, to, random.oneIn(2) ? part.toUpperCase() : part.toLowerCase())
}

const nest = (text: string, from: number, to: number, depth: number): string =>
  replaced(text, from, to, `${'<a>'.repeat(depth)}${text.slice(from, to)}${'</a>'.repeat(depth)}`)

/** Moves a copy of one element to just behind the opening tag of another. */
function inOther(
  text: string,
  [from, to]: readonly [number, number, string],
  other: readonly [number, number, string] | undefined,
): string {
  if (other === undefined) return text
  const behindTag = text.indexOf('>', other[0]) + 1
  return replaced(text, behindTag, behindTag, text.slice(from, to))
}

function each(text: string, pattern: RegExp, random: Random, change: (found: string) => string): string {
  const all = [...text.matchAll(pattern)]
  if (all.length === 0) return text
  const { index, 0: found } = random.pick(all)
  return replaced(text, index, index + found.length, change(found))
}

const attribute = (
  text: string,
  random: Random,
  change: (whole: string, name: string, value: string) => string,
): string =>
  each(text, / [A-Za-z:]+="[^"]*"/g, random, (whole) => {
    const [, name = '', value = ''] = / ([^=]*)="(.*)"/s.exec(whole) ?? []
    return change(whole, name, value)
  })

const word = (text: string, random: Random, change: (all: string, from: string, to: string) => string): string => {
  const there = WORDS.filter(([from]) => text.includes(from))
  return there.length === 0 ? text : change(text, ...random.pick(there))
}

/** One to three changes of a text, without regard for what it means. */
export function mutateText(text: string, random: Random): string {
  let changed = text
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left -= 1) changed = random.pick(MUTATIONS)(changed, random)
  return changed
}
