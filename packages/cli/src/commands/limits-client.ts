import { z } from 'zod'
import type { ReadConfig } from '../admin-client.ts'
import { checkerCommands } from '../checker-command.ts'

const readConfig: ReadConfig = async (path, env) => {
  const { readLimitsConfig } = await import('@callback-quorum/limits')
  return readLimitsConfig(path, env)
}

export const LIMITS = checkerCommands('limits', readConfig)
export const { command: limitsCommand, open: openLimits } = LIMITS

export const dimensionsSchema = z.record(z.string(), z.string())
export const dimensionsText = (dimensions: z.output<typeof dimensionsSchema>): string =>
  Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
