/**
 * Letters that look like Latin ones, as found in hand-kept lists: the Israeli NBCTF list has a TRON address with a Cyrillic
 * `Н` and `с` (domain/sanctions 1.3). Cyrillic and Greek, above what was meant.
 */
const LOOK_ALIKES = [
  ['АВЕЅІЈКМНОРСТУХҮԚԜЗасԁеһіјорԛѕԝху', 'ABESIJKMHOPCTYXYQW3acdehijopqswxy'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧνου', 'ABEZHIKMNOPTYXvou'],
] as const

const MEANT: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKES.flatMap(([written, meant]) =>
    Array.from(written, (letter, position) => [letter, meant.charAt(position)] as const),
  ),
)

/** Nothing to clean: nearly every value. */
const PLAIN = /^[\x20-\x7e]*$/

/**
 * The value with invisible characters removed, look-alikes replaced and compatibility forms folded. It is an extra reading of a
 * listed value, never a replacement: the raw value stays on the list too. Request addresses are never cleaned.
 */
export function cleanListedValue(value: string): string {
  if (PLAIN.test(value)) return value
  const visible = value.replace(/[\p{Cf}\p{M}]/gu, '').normalize('NFKC')
  return Array.from(visible, (letter) => MEANT.get(letter) ?? letter).join('')
}
