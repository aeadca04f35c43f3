import type { Kind } from '@callback-quorum/protocol'
import type { Problem } from '@callback-quorum/service'
import { pathsOf } from './ask/asked-paths.ts'
import type { GatewayConfig } from './config.ts'

type CallerEntry = GatewayConfig['callers'][number]
type QuorumEntry = GatewayConfig['quorum'][number]

/** Where a Co-signer's requests of these kinds are asked at a checker. */
const ASKED_AT = {
  'tx-approval': 'fireblocks-tx',
  'tx-signing': 'fireblocks-tx',
  'config-change': 'fireblocks-config',
} as const

/** Nothing is signed: a request may be dropped without denying it (protocol/fireblocks.md 4). */
const IGNORABLE: readonly Kind[] = ['tx-approval', 'config-change']

/** What a gateway that serves Co-signers needs beside the common rules. Empty when nothing is missing. */
export function checkCosigners(config: GatewayConfig): readonly Problem[] {
  return [
    ...config.callers.flatMap((caller, index) =>
      caller.platform === 'fireblocks' ? checkCaller(config, caller, index) : [],
    ),
    ...config.quorum.flatMap((entry, index) => [...checkIgnoring(entry, index), ...checkPaths(config, entry, index)]),
    ...checkInternalKey(config),
  ]
}

function checkCaller(config: GatewayConfig, caller: CallerEntry, index: number): Problem[] {
  const hasSigners = Object.values(caller.signer_ids ?? {}).some(({ role }) => role === 'signer')
  const signing = entryOf(config, caller.name, 'tx-signing')
  if (hasSigners && signing === undefined) {
    return [
      {
        path: ['callers', index, 'signer_ids'],
        problem: `${caller.name} has signers, and no quorum entry of it has tx-signing, so that everything they ask is rejected`,
        expected: 'a quorum entry for its tx-signing',
      },
    ]
  }
  if (hasSigners && caller.raw_tx === 'unavailable' && signing?.accept_unbound !== true) {
    return [
      {
        path: ['callers', index, 'raw_tx'],
        problem: `is unavailable, so that no checker can bind the bytes, and nothing that ${caller.name} signs would ever be approved`,
        expected: 'accept_unbound: true in the quorum entry for its tx-signing, or raw_tx: required',
      },
    ]
  }
  return []
}

const entryOf = (config: GatewayConfig, caller: string, kind: Kind): QuorumEntry | undefined =>
  config.quorum.find(({ callers, kinds }) => callers.includes(caller) && kinds.includes(kind))

function checkIgnoring(entry: QuorumEntry, index: number): Problem[] {
  const signing = entry.kinds.filter((kind) => !IGNORABLE.includes(kind))
  if (entry.instead_of_reject === 'reject' || signing.length === 0) return []
  return [
    {
      path: ['quorum', index, 'instead_of_reject'],
      problem: `is ignore, which is not allowed for ${signing.join(', ')}`,
      expected: `reject, or an entry of its own for ${IGNORABLE.join(', ')}`,
    },
  ]
}

/** A required checker whose address names another path would never be heard, and nothing approved. */
function checkPaths(config: GatewayConfig, entry: QuorumEntry, index: number): Problem[] {
  return entry.require.flatMap((name) => {
    const address = config.checkers.find((checker) => checker.name === name)?.service_address
    if (address === undefined) return []
    const { paths } = pathsOf(new URL(address).pathname)
    const unheard = entry.kinds.filter(
      (kind) => kind in ASKED_AT && paths[ASKED_AT[kind as keyof typeof ASKED_AT]] === undefined,
    )
    return unheard.length === 0
      ? []
      : [
          {
            path: ['quorum', index, 'require'],
            problem: `names ${name}, whose service_address names a path that is not asked about ${unheard.join(', ')}`,
            expected: 'a service_address without a path of the wire, or a checker of its own for these kinds',
          },
        ]
  })
}

function checkInternalKey(config: GatewayConfig): Problem[] {
  const isNeeded = config.callers.some(({ dialects }) => dialects.includes('fireblocks-json'))
  if (!isNeeded || config.identity.internal_key !== undefined) return []
  return [
    {
      path: ['identity', 'internal_key'],
      problem: 'is missing',
      expected: 'a key of its own: it signs what callers of fireblocks-json ask, so that checkers can verify it',
    },
  ]
}
