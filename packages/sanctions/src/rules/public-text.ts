/** A name or address as it may stand in a public text: printable ASCII, bounded; the caller or the list chose its bytes. */
const QUOTED_LENGTH_MAX = 64

export function publicText(value: string): string {
  const printable = value.replace(/[^\x20-\x7e]/g, '?')
  return printable.length > QUOTED_LENGTH_MAX ? `${printable.slice(0, QUOTED_LENGTH_MAX)}...` : printable
}
