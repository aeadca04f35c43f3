import type { Check, DoctorContext } from './check.ts'
import { findingsOf, type Finding } from './finding.ts'

/** Past its own limit a check has this long to say how far it came. */
const LAST_WORD_MS = 500

/**
 * Runs all checks side by side and returns their findings in the order of the checks. A check that does not end in time, or that throws, is
 * itself a failed finding. `onDone` is called after each.
 */
export async function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
  onDone: (name: string) => void = () => undefined,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    checks.map(async (check) => {
      const findings = await runCheck(check, context)
      onDone(check.name)
      return findings
    }),
  )
  return found.flat()
}

async function runCheck(check: Check, context: DoctorContext): Promise<readonly Finding[]> {
  const { failed } = findingsOf(check.name)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([
        failed(
          `did not end within ${context.timeoutMs} ms`,
          'Look at what it asks (disk, name server, network), or give it more with --timeout 30s',
        ),
      ])
    }, context.timeoutMs + LAST_WORD_MS)
  })
  try {
    return await Promise.race([check.run(context, AbortSignal.timeout(context.timeoutMs)), late])
  } catch (error) {
    // Only the name: what a library says may hold what it was given.
    const name = error instanceof Error ? error.name : 'an error'
    return [
      failed(
        `ended with ${name}, which is a mistake in doctor itself`,
        'Report it with the command line; the other checks are not concerned',
      ),
    ]
  } finally {
    clearTimeout(timer)
  }
}
