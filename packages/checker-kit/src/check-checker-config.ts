import { checkCommonRules, type Problem } from '@callback-quorum/service'
import type { CheckerConfig } from './config.ts'

/**
 * The rules of the common blocks, and those of the blocks that every checker has. An empty list means that they agree. To be given to
 * readConfigFile, alone or together with the checker's own rules.
 */
export function checkCheckerConfig(config: CheckerConfig): readonly Problem[] {
  const { gateway, callers } = config
  const position = config.outside_remit.approve.indexOf('config-change')
  return [
    ...checkCommonRules(config, { takesWraps: gateway !== undefined }),
    ...(gateway === undefined ? [] : callers.flatMap(pathsBehindGateway)),
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

/** Asked below the path of one of them, an API user of a gateway's caller would come from nobody. */
function pathsBehindGateway({ signer_ids: signers = {} }: CheckerConfig['callers'][number], index: number): Problem[] {
  return Object.entries(signers).flatMap(([id, { path }]) =>
    path === ''
      ? []
      : [
          {
            path: ['callers', index, 'signer_ids', id, 'path'],
            problem: 'is never asked: a gateway asks for all API users at one path',
            expected: 'it left out; the path belongs into the configuration of the gateway',
          },
        ],
  )
}
