import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface FakeService {
  readonly url: string
  /** What /metrics answers from now on. */
  metrics: string
  ready: { readonly ready: boolean; readonly reasons: readonly string[] }
  /** How long it takes to answer. */
  delayMs: number
}

/** A metrics listener that says what a test wants, for states that real services cannot be brought into at will. */
export async function startFakeService(metrics: string): Promise<FakeService> {
  const server = createServer((request, response) => {
    setTimeout(() => {
      if (request.url === '/readyz') {
        response.statusCode = service.ready.ready ? 200 : 503
        response.end(JSON.stringify(service.ready))
      } else response.end(service.metrics)
    }, service.delayMs)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const service: FakeService = {
    url: `http://127.0.0.1:${port}`,
    metrics,
    ready: { ready: true, reasons: [] },
    delayMs: 0,
  }
  return service
}

export interface Figures {
  readonly approved?: number
  readonly rejected?: number
  readonly startedAt?: number
  readonly frozen?: 0 | 1
}

const DAY = 86_400

/** A gateway's series as they are once every helper has added its own, with figures of the test. */
export function gatewayMetrics({ approved = 0, rejected = 0, startedAt, frozen = 0 }: Figures = {}): string {
  const now = Date.now() / 1_000
  const count = approved + rejected
  return [
    '# HELP callback_quorum_decisions_total Answers given',
    '# TYPE callback_quorum_decisions_total counter',
    ...(count === 0
      ? []
      : [
          `callback_quorum_decisions_total{service="gateway",kind="keysign",outcome="approved",cause="",recalled="no"} ${approved}`,
          `callback_quorum_decisions_total{service="gateway",kind="keysign",outcome="rejected",cause="",recalled="no"} ${rejected}`,
        ]),
    `callback_quorum_decision_seconds_bucket{le="0.1",service="gateway",kind="keysign"} ${count}`,
    `callback_quorum_decision_seconds_bucket{le="+Inf",service="gateway",kind="keysign"} ${count}`,
    `callback_quorum_process_start_time_seconds{service="gateway"} ${startedAt ?? now - 3_700}`,
    `callback_quorum_build_info{service="gateway",version="0.1.0",node="v24.1.0"} 1`,
    `callback_quorum_config_info{service="gateway",digest="0123456789abcdef"} 1`,
    `callback_quorum_certificate_expiry_timestamp_seconds{service="gateway",role="callback 0.0.0.0:11443 tls.cert"} ${now + 40 * DAY}`,
    `callback_quorum_key_expiry_timestamp_seconds{service="gateway",role="callers node-eu-1"} ${now + 20 * DAY + 60}`,
    `callback_quorum_frozen{service="gateway"} ${frozen}`,
    'callback_quorum_deferrals_open{service="gateway",platform="cobo"} 3',
    'callback_quorum_deferral_oldest_seconds{service="gateway",platform="cobo"} 125',
    'callback_quorum_deferral_oldest_seconds{service="gateway",platform="fireblocks"} NaN',
    'callback_quorum_outbox_owed{service="gateway"} 0',
    'callback_quorum_alarms_total{service="gateway",alarm="digest_changed"} 2',
    'callback_quorum_checker_in_flight{service="gateway",checker="limits"} 4',
    `callback_quorum_checker_votes_total{service="gateway",checker="integrity",mode="enforce",outcome="failed",cause="timeout"} 7`,
    '',
  ].join('\n')
}
