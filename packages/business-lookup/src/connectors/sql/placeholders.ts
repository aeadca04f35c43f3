/** Texts, quoted names and comments, in which a placeholder is none. */
const OPAQUE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\//g
const PLACEHOLDER = { postgres: /\$\d+/g, mysql: /\?/g } as const

/** The placeholders of a query, in its order: `$1`, `$2` for PostgreSQL, `?` for MySQL. The server counts them again. */
export const placeholdersOf = (query: string, engine: 'postgres' | 'mysql'): readonly string[] =>
  query.replace(OPAQUE, ' ').match(PLACEHOLDER[engine]) ?? []
