import type { CoboDialect } from '@callback-quorum/protocol'

/** The node's `callback:` block, as far as its version knows it. Words and versions of protocol/cobo.md section 5. */
export interface NodeShape {
  readonly dialect: CoboDialect
  /** The member that lists the servers. */
  readonly list: 'cb_server' | 'cb_server_v2'
  readonly hasTimeout: boolean
  readonly hasMonitor: boolean
}

const LIST_OF = { 'cobo-v1': 'cb_server', 'cobo-v2': 'cb_server_v2' } as const

/** Callbacks as they are described were made in 0.6.0. */
const FIRST = [0, 6, 0] as const
/** request_timeout and monitor_interval. */
const TIMEOUTS = [0, 9, 0] as const
/** Requests of the second version, in cb_server_v2. */
const SECOND_VERSION = [0, 10, 0] as const

type Version = readonly [major: number, minor: number, patch: number]

/** `0.12.11` or `v0.12.11`. */
export function readNodeVersion(text: string): Version | undefined {
  const [, major, minor, patch] = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})$/.exec(text) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

/** What a node of this version can be told in this dialect; a problem where it cannot. */
export function nodeShape(
  dialect: CoboDialect,
  version: Version | undefined,
): NodeShape | { readonly problem: string } {
  const isSince = (since: Version): boolean => version === undefined || !isBefore(version, since)
  const said = version?.join('.') ?? ''
  if (!isSince(FIRST))
    return { problem: `--node-version ${said}: its callbacks are not known; expected 0.6.0 or newer` }
  if (dialect === 'cobo-v2' && !isSince(SECOND_VERSION))
    return {
      problem: `--node-version ${said}: knows no cb_server_v2, which came with 0.10.0; expected a newer node, or --dialect cobo-v1`,
    }
  return { dialect, list: LIST_OF[dialect], hasTimeout: isSince(TIMEOUTS), hasMonitor: isSince(TIMEOUTS) }
}

function isBefore(a: Version, b: Version): boolean {
  const index = a.findIndex((part, at) => part !== b[at])
  return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0)
}
