export type Environment = Readonly<Record<string, string | undefined>>

/** `$${` is a written `${`; then a reference; then anything else that begins like one. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g

/**
 * Puts environment variables into a text. What was put in is not looked at again. A variable that is unset or empty is a problem:
 * an empty `database_url` would otherwise mean a fresh embedded database, without anyone having written that.
 */
export function substitute(
  text: string,
  env: Environment,
): { readonly text: string; readonly problems: readonly string[] } {
  const problems: string[] = []
  const substituted = text.replace(REFERENCE, (reference, name: string | undefined) => {
    if (reference === '$${') return '${'
    if (name === undefined) {
      problems.push('holds a ${ that begins no reference; expected ${NAME}, or $${ for the characters themselves')
      return reference
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined || value === '') {
      problems.push(`needs the environment variable ${name}, which is ${value === undefined ? 'not set' : 'empty'}`)
    }
    return value ?? ''
  })
  return { text: substituted, problems }
}
