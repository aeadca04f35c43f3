/** PostgreSQL stores no NUL, in text or jsonb; a request that carries one must still leave its record. */
export const storedText = (text: string): string => text.replaceAll('\u0000', '\ufffd')

/** The text of a jsonb value. Bigints as decimal strings: a record is read by people and by other languages. */
export const storedJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return member.toString()
    if (typeof member === 'string') return storedText(member)
    return typeof member === 'object' && member !== null && Object.keys(member).some((name) => name.includes('\u0000'))
      ? Object.fromEntries(Object.entries(member).map(([name, inner]) => [storedText(name), inner]))
      : member
  })
