const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const EXACT = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)
/** `*.com` would be half of the world. */
const WILDCARD = new RegExp(`^\\*(?:\\.${LABEL})+\\.${LABEL}$`)
const ADDRESS_TAIL = /\.[0-9]+$/

/** Whether this can stand in `redirect_hosts`: a host in lower case, as a URL has it, or one leading `*.` before at least two labels. */
export const isHostPattern = (text: string): boolean =>
  EXACT.test(text) || (WILDCARD.test(text) && !ADDRESS_TAIL.test(text))

/** `*.example.com` is every name below example.com, at any depth, and not example.com itself. */
export const matchesHost = (pattern: string, hostname: string): boolean =>
  pattern.startsWith('*.')
    ? hostname.length > pattern.length - 1 && hostname.endsWith(pattern.slice(1))
    : pattern === hostname
