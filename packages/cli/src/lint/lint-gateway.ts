import type { GatewayConfig } from '@callback-quorum/gateway'
import { isLoopbackHost } from '@callback-quorum/service'
import type { Lint } from './lint.ts'
import { lintLeftovers, lintQuorum } from './lint-quorum.ts'

/** What signing, recording and the way back take, at the least: a decision that is ready later than this before the caller hangs up is not heard. */
const WAY_BACK_MS = 1_000
/** An approval is signed again for so long without a checker looking at it; a list or a limit may change within the hour. */
const RECALL_MS_MAX = 3_600_000
/** Checkers that hold something for a payment until they hear how it ended; what an entry is called is all that a gateway knows of it. */
const HOLDS = /limit|lookup|look-up/

/** The blocks that only a gateway has. Takes what could be read of them. */
export function lintGateway(config: Partial<GatewayConfig>): readonly Lint[] {
  return [
    ...lintCheckers(config),
    ...lintDeadlines(config),
    ...lintRecall(config),
    ...lintQuorum(config),
    ...lintLeftovers(config),
  ]
}

function lintCheckers({ checkers = [], quorum }: Partial<GatewayConfig>): readonly Lint[] {
  return checkers.flatMap(({ name, service_address: address, binding, outcome }, index): Lint[] => {
    const { protocol, hostname } = new URL(address)
    const isOpen = protocol === 'http:' && !isLoopbackHost(hostname.replace(/^\[|\]$/g, ''))
    const asked = quorum?.some(({ require, shadow }) => [...require, ...shadow].includes(name))
    const counted = quorum?.some(({ require }) => require.includes(name))
    return [
      ...(isOpen
        ? [
            warning(
              ['checkers', index, 'service_address'],
              `${name} is asked over plain HTTP beyond this machine: payments can be read on the way, and its answers held back`,
              `Let ${name} serve TLS and write service_address: https://${hostname}, with tls: { ca: ... }`,
            ),
          ]
        : []),
      ...(binding === 'digest' && !outcome && HOLDS.test(name)
        ? [
            warning(
              ['checkers', index, 'outcome'],
              `${name} is not told how a payment ended: what it reserved for one that another checker refused stays taken`,
              `Write outcome: true in checkers[${index}] (${name}), and gateway.pubkey_path in its own configuration`,
            ),
          ]
        : []),
      ...(asked === false
        ? [
            warning(
              ['checkers', index, 'name'],
              `${name} is configured and never asked`,
              `Name ${name} in require (or shadow) of a quorum entry, or remove checkers[${index}]`,
            ),
          ]
        : []),
      ...(asked === true && counted === false
        ? [
            warning(
              ['checkers', index, 'name'],
              `${name} stands in shadow alone: what it says is recorded and stops nothing`,
              `Move ${name} from shadow to require once its verdicts are right`,
            ),
          ]
        : []),
    ]
  })
}

const warning = (path: Lint['path'], problem: string, fix: string): Lint => ({ status: 'warning', path, problem, fix })

function lintDeadlines({ callers = [], deadline, checkers = [] }: Partial<GatewayConfig>): readonly Lint[] {
  if (deadline === undefined) return []
  const late = callers.flatMap(({ name, platform, request_timeout: timeoutMs }): Lint[] => {
    const ms = deadline[platform]
    if (ms + WAY_BACK_MS < timeoutMs) return []
    return [
      {
        status: ms >= timeoutMs ? 'failed' : 'warning',
        path: ['deadline', platform],
        problem: `is ${ms} ms, and ${name} hangs up after ${timeoutMs} ms (request_timeout): decisions that take their time are not heard`,
        fix: `Write deadline.${platform}: ${Math.max(500, timeoutMs - 2 * WAY_BACK_MS)}ms, or raise request_timeout of ${name} in the node's own configuration and here`,
      },
    ]
  })
  const longest = Math.max(deadline.cobo, deadline.fireblocks)
  const slow = checkers.flatMap(({ name, request_timeout: ms }, index) =>
    ms <= longest
      ? []
      : [
          warning(
            ['checkers', index, 'request_timeout'],
            `${name} may take ${ms} ms, longer than any deadline (${longest} ms)`,
            `Write request_timeout: ${Math.floor(longest / 2)}ms in checkers[${index}] (${name})`,
          ),
        ],
  )
  return [...late, ...slow]
}

function lintRecall({ recall_approve_for: ms = 0 }: Partial<GatewayConfig>): readonly Lint[] {
  if (ms <= RECALL_MS_MAX) return []
  return [
    warning(
      ['recall_approve_for'],
      `an approval is signed again for ${Math.round(ms / 60_000)} minutes without any checker looking at it`,
      'Write recall_approve_for: 10m, or leave the line out',
    ),
  ]
}
