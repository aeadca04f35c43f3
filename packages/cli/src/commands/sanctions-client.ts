import type { ReadConfig } from '../admin-client.ts'
import { checkerCommands } from '../checker-command.ts'

const readConfig: ReadConfig = async (path, env) => {
  const { readSanctionsConfig } = await import('@callback-quorum/sanctions')
  return readSanctionsConfig(path, env)
}

export const SANCTIONS = checkerCommands('sanctions', readConfig)
export const { command: sanctionsCommand, open: openSanctions } = SANCTIONS

/** Long enough to tell two versions apart. */
const SHA_DIGITS = 12

export const shortSha = (sha256: string): string => sha256.slice(0, SHA_DIGITS)
