import type { ChainFamily } from '@callback-quorum/chains'
import type { Random } from './random.ts'

type Trick = (text: string, random: Random) => string

const INVISIBLE = [
  '\u200b',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u202e',
  '\u3164',
  '\ufe0f',
  '\u0301',
  '\u{e0041}',
]
const SPACES = [' ', '  ', '\t', '\n', '\r\n', '\v', '\u00a0', '\u2003', '\u3000', '\u2028', '\u0085']
const CONTROLS = ['\0', '\u0007', '\u0008', '\u001b[0m', '\u007f', '\ud800', '\udfff']
const PREFIXES = [
  ...['bitcoin:', 'BITCOIN:', 'bitcoin://', 'litecoin:', 'bitcoincash:', 'BitcoinCash:', 'bchtest:', 'simpleledger:'],
  ...[
    'ethereum:',
    'ETHEREUM:',
    'ethereum:pay-',
    'eth:',
    'matic:',
    'eip155:1:',
    'bip122:',
    'tron:',
    'solana:',
    'ripple:',
  ],
  ...['xrpl:', 'monero:', 'ton://transfer/', 'web+stellar:pay?destination=', 'substrate:', 'urn:', 'data:,', 'xn--'],
  ...['0x', '0X', '0x0x', '1', '0', '00', "b'", '"', "'", '(', '<', '@', '$', '+', '-', '#', '\\', '%00'],
]
const SUFFIXES = [
  ...[
    '?amount=1',
    '?',
    '#',
    '#tag',
    '@1',
    '/transfer?address=0x0',
    ';',
    ',',
    '.',
    '"',
    "'",
    ')',
    '>',
    '\\',
    '%00',
    '=',
    '==',
  ],
  ...['.eth', '?dt=1', '&', '|', '\0', '//', '/', ':', ':1', '0', '+1', '*', '~'],
]
const FULL_WIDTH_SHIFT = 0xfee0
/** Latin letters in other scripts, and ASCII signs that look alike. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...{ A: 'А', B: 'В', C: 'С', E: 'Е', H: 'Н', K: 'К', M: 'М', P: 'Р', T: 'Т', X: 'Х', a: 'а', c: 'с', e: 'е', o: 'о' },
  ...{ p: 'р', x: 'х', y: 'у', '0': 'O', O: '0', '1': 'l', l: '1', I: 'l', i: 'ı', s: 'ѕ', j: 'ј' },
}

const at = (text: string, random: Random): number => random.below(text.length + 1)

function insert(text: string, random: Random, piece: string): string {
  const place = at(text, random)
  return text.slice(0, place) + piece + text.slice(place)
}

function onLetter(text: string, random: Random, change: (letter: string) => string): string {
  const place = random.below(text.length)
  return text.slice(0, place) + change(text.charAt(place)) + text.slice(place + 1)
}

const percent = (letter: string): string => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
const widen = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) + FULL_WIDTH_SHIFT)
const hexOf = (text: string): string => Buffer.from(text).toString('hex')

/** Other ways to write an address that leave its letters and their order as they are. */
const ANY: readonly Trick[] = [
  (text, random) => `${random.pick(SPACES)}${text}`,
  (text, random) => `${text}${random.pick(SPACES)}`,
  (text, random) => insert(text, random, random.pick(SPACES)),
  (text, random) => insert(text, random, random.pick(INVISIBLE)),
  (text, random) => insert(insert(text, random, random.pick(INVISIBLE)), random, random.pick(INVISIBLE)),
  (text, random) => insert(text, random, random.pick(CONTROLS)),
  (text, random) => `${random.pick(PREFIXES)}${text}`,
  (text, random) => `${text}${random.pick(SUFFIXES)}`,
  (text, random) => `${random.pick(PREFIXES)}${text}${random.pick(SUFFIXES)}`,
  (text) => encodeURIComponent(text.toWellFormed()),
  (text, random) => onLetter(text, random, percent),
  (text) => Array.from(text, percent).join(''),
  (text, random) => onLetter(text, random, widen),
  (text) => Array.from(text, widen).join(''),
  (text, random) => onLetter(text, random, (letter) => `\\u00${hexOf(letter)}`),
  (text, random) => onLetter(text, random, (letter) => `&#${String(letter.charCodeAt(0))};`),
  (text, random) => onLetter(text, random, (letter) => `=${hexOf(letter).toUpperCase()}`),
  (text, random) => Array.from(text, (letter) => (random.oneIn(3) ? (LOOK_ALIKES[letter] ?? letter) : letter)).join(''),
  (text) => JSON.stringify(text),
  (text) => Buffer.from(text).toString('base64'),
  (text) => hexOf(text),
  (text) => `0x${hexOf(text)}`,
  (text) => `xn--${text}-`,
  (text) => `\u202e${Array.from(text).reverse().join('')}`,
  (text) => text.normalize('NFD') + '\u0301',
  (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  (text) => `${text} ${text}`,
  (text) => `${text}\n${text}`,
  (text) => text.repeat(20),
  (text) => `${text}${'\u200b'.repeat(300)}`,
  (text) => (/^0x/.test(text) ? text.slice(2) : text.replace(/^[a-z]+:/i, '')),
  (text) => text.replace(/^0x/, '0X'),
  (text) => text.replace(/^0x/, `0x${'0'.repeat(24)}`),
  (text) => text.replace(/^0x/, 'xdc'),
  (text) => text.replace(/^41(?=[0-9a-fA-F]{40}$)/, '0x41'),
  (text) => text.replace(/^-1:/, '\u22121:'),
]

/** Case. Where it says which address is meant, another case is another address, and only a checksum of four bytes tells. */
const CASE: readonly Trick[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase())),
  (text, random) => onLetter(text, random, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase())),
]
/** base58 without a checksum, and with one of two bytes. */
export const UNCHECKED_FAMILIES: readonly ChainFamily[] = ['solana', 'substrate']

/** One or two tricks. Never another valid address of that chain, but by a chance of one in four billion. */
export function trickOf(family: ChainFamily, text: string, random: Random): string {
  const tricks = UNCHECKED_FAMILIES.includes(family) ? ANY : [...ANY, ...CASE, ...CASE]
  const once = random.pick(tricks)(text, random)
  return once !== '' && random.oneIn(3) ? random.pick(tricks)(once, random) : once
}
