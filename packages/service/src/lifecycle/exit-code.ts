import { ConfigError } from '../config/config-error.ts'

/** EX_CONFIG of BSD's sysexits.h: tells a supervisor that starting again without a change is useless. */
const EXIT_CONFIG = 78

export function exitCodeOf(error: unknown): number {
  return error instanceof ConfigError ? EXIT_CONFIG : 1
}
