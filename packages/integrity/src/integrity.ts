import { createChecker, type CheckerStart } from '@callback-quorum/checker-kit'
import type { RunningService } from '@callback-quorum/service'
import type { IntegrityConfig } from './config.ts'
import { createIntegrityRules } from './create-integrity-rules.ts'

/** Starts the integrity checker. Throws ConfigError for what the operator must change. */
export function startIntegrity(options: CheckerStart<IntegrityConfig>): Promise<RunningService> {
  const { file } = options
  return createChecker({
    ...options,
    name: file.value.service_name,
    // Without `acceptUnbound`: to bind is what this checker is for.
    judges: 'raw',
    rules: ({ assets, addresses }) => ({ rules: createIntegrityRules(file, { assets, addresses }) }),
  })
}
