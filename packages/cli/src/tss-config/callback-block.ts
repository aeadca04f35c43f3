import { posix } from 'node:path'
import { stringify } from 'yaml'
import type { ServerSet } from './read-set.ts'
import type { Settings } from './settings.ts'

interface ServerEntry {
  readonly service_address: string
  readonly pubkey_path: string
}

/** The node's `callback:` block, member for member in the node's own words. */
export interface CallbackBlock {
  readonly cb_server?: readonly ServerEntry[]
  readonly cb_server_v2?: readonly ServerEntry[]
  readonly token_expire_minutes: number
  readonly retry_times: number
  readonly sleep_seconds: number
  readonly request_timeout?: number
  readonly monitor_interval?: string
}

/** Where the node finds the key of a server: one name for each, so that no copy replaces another. */
export const nodePathOf = (name: string, { keyDir }: Pick<Settings, 'keyDir'>): string =>
  posix.join(keyDir, `${name}.pub`)

/** Throws when the set is empty: a node without servers executes every task. */
export function callbackBlock({ members, shape }: ServerSet, settings: Settings): CallbackBlock {
  const [first] = members
  if (first === undefined) throw new Error('invariant: a set that was read has a server')
  const { retry_times, sleep_seconds, request_timeout: timeoutMs } = first.caller
  return {
    [shape.list]: members.map(({ name, serviceAddress }) => ({
      service_address: serviceAddress,
      pubkey_path: nodePathOf(name, settings),
    })),
    token_expire_minutes: settings.tokenExpireMinutes,
    retry_times,
    sleep_seconds,
    ...(shape.hasTimeout && { request_timeout: timeoutMs / 1_000 }),
    ...(shape.hasMonitor && { monitor_interval: settings.monitorInterval }),
  }
}

/** The block as the node's file has it, with what must be copied as comments before it. */
export function blockText(set: ServerSet, settings: Settings): string {
  const comments = [
    `The callback block of the TSS node ${set.node}, for its configs/cobo-tss-node-config.yaml.`,
    'All of these servers must approve; one REJECT denies. A node without servers executes every task: never empty this',
    'list and never leave the block out.',
    'Files to copy to the node:',
    ...set.members.flatMap(({ name, key }) => [
      `  ${key.path}`,
      `    as ${nodePathOf(name, settings)}, SHA-256 ${key.fingerprint}`,
    ]),
  ]
  const block = stringify({ callback: callbackBlock(set, settings) }, { lineWidth: 0 })
  return `${comments.map((line) => `# ${line}`).join('\n')}\n${block}`
}
