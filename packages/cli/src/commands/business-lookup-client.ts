import type { ReadConfig } from '../admin-client.ts'
import { checkerCommands } from '../checker-command.ts'

const readConfig: ReadConfig = async (path, env) => {
  const { readBusinessLookupConfig } = await import('@callback-quorum/business-lookup')
  return readBusinessLookupConfig(path, env)
}

export const BUSINESS_LOOKUP = checkerCommands('business-lookup', readConfig)
export const { command: lookupCommand, open: openLookupAdmin } = BUSINESS_LOOKUP
