import { globSync } from 'node:fs'
import { join } from 'node:path'

export const DEPLOY = join(import.meta.dirname, '../../../deploy')
export const PROMETHEUS_CONFIGURATION = join(DEPLOY, 'prometheus/prometheus.yaml')

/** Rule files of every owner. */
export function ruleFilesOfDeploy(): readonly string[] {
  return globSync('**/{recording,alerts}.yaml', { cwd: DEPLOY })
    .map((file) => join(DEPLOY, file))
    .sort()
}
