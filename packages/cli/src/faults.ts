/** EX_USAGE of sysexits.h: the command line is wrong; nothing was done. */
export const EXIT_USAGE = 64

/** The command line asks for something that does not exist or contradicts itself. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'ERR_CLI_USAGE'
}

/** The command was understood and could not be carried out; the message says why, for a person. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly code = 'ERR_CLI_FAILED'
}
