/**
 * The same text in memory of its own: a piece of the chunk that it was read from would keep the whole chunk alive as long as the list.
 */
export const ownText = (text: string): string => Buffer.from(text).toString()
