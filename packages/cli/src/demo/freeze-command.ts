import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { planOf } from '../constellation/configuration.ts'
import type { Constellation } from '../constellation/start-constellation.ts'
import { MAIN } from '../constellation/start-process.ts'
import type { Host } from '../host.ts'

const COMMAND_MS_MAX = 20_000

const stateSchema = z.object({ frozen: z.boolean() })

type Runner = Pick<Host, 'node' | 'env'>

/** Runs `callback-quorum freeze` or `unfreeze` as an operator would. */
export async function changeFreeze(
  command: 'freeze' | 'unfreeze',
  constellation: Constellation,
  host: Runner,
): Promise<void> {
  const { tokens } = constellation.configuration.admin
  const tokenFile = command === 'freeze' ? tokens.operator : tokens.approver
  const { frozen } = await runCommand([command, '--token-file', tokenFile, '--reason', 'demo'], constellation, host)
  if (frozen !== (command === 'freeze'))
    throw new Error(`invariant: ${command} left the gateway ${frozen ? 'frozen' : 'not frozen'}`)
}

export async function isFrozen(constellation: Constellation, host: Runner): Promise<boolean> {
  const { tokens } = constellation.configuration.admin
  return (await runCommand(['freeze', '--status', '--token-file', tokens.viewer], constellation, host)).frozen
}

async function runCommand(
  args: readonly string[],
  { configuration }: Constellation,
  { node, env }: Runner,
): Promise<{ frozen: boolean }> {
  const all = [MAIN, ...args, '--config', planOf(configuration, 'gateway').file, '--output', 'json']
  const { stdout } = await promisify(execFile)(node, all, { env: { ...env }, timeout: COMMAND_MS_MAX })
  return stateSchema.parse(JSON.parse(stdout))
}
