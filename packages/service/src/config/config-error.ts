/**
 * The configuration cannot be used; nothing was started. Every problem found is listed, each as
 * `file:line:column path: problem; expected …; example …`. A main ends with exit code 78 (EX_CONFIG of sysexits.h).
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'ERR_SERVICE_CONFIG'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
