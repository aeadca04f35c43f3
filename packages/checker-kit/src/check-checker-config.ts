import { checkCommonRules, type Problem } from '@callback-quorum/service'
import type { CheckerConfig } from './config.ts'

/**
 * The rules of the common blocks, and those of the blocks that every checker has. An empty list means that they agree. To be given to
 * readConfigFile, alone or together with the checker's own rules.
 */
export function checkCheckerConfig(config: CheckerConfig): readonly Problem[] {
  const position = config.outside_remit.approve.indexOf('config-change')
  return [
    ...checkCommonRules(config, { takesWraps: config.gateway !== undefined }),
    ...(position < 0
      ? []
      : [
          {
            path: ['outside_remit', 'approve', position],
            problem: 'names config-change, of which config_changes says what is approved',
            expected: 'its types under config_changes',
          },
        ]),
  ]
}
