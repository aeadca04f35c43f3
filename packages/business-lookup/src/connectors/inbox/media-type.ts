/** Type and subtype of a Content-Type in lower case; undefined where there is none, or its text is not UTF-8. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '')
  const isUtf8 = charset === undefined || charset === 'utf-8' || charset === 'utf8'
  return isUtf8 && type.trim() !== '' ? type.trim() : undefined
}

/** RFC 6839 section 3.1: `+json` is JSON too. */
export function isJsonType(contentType: string | undefined): boolean {
  const type = mediaTypeOf(contentType)
  return type === 'application/json' || (type !== undefined && /^application\/[a-z0-9.-]+\+json$/.test(type))
}
