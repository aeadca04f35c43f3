/** Control characters, invisible ones that turn the direction of writing, line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** A text of somebody else for a terminal, on one line: it could otherwise move the cursor and write another decision over ours. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
