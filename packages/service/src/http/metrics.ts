import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { exemplarHistogram } from '../tracing/index.ts'

/** Every metric of the callback listeners, declared once. Labels are closed sets; none holds an id. */
export interface HttpMetrics {
  readonly requests: Counter<'dialect' | 'kind' | 'outcome' | 'caller'>
  readonly requestSeconds: Histogram<'dialect' | 'kind' | 'outcome'>
  readonly pings: Counter<'dialect' | 'ready' | 'caller'>
  readonly tokenFailures: Counter<'dialect' | 'reason' | 'caller'>
  readonly unidentified: Counter<'dialect'>
  readonly unverifiedBodies: Gauge
  readonly turnedAway: Counter
  readonly refusedConnections: Counter<'reason'>
  readonly signing: SigningMetrics
  readonly tlsReloads: Counter<'listener' | 'result'>
}

/** Of the signing pool. */
export interface SigningMetrics {
  readonly waitSeconds: Histogram<'verified'>
  readonly inFlight: Gauge
  readonly waiting: Gauge<'verified'>
}

/** Around the deadlines that matter: 8 s of a decision and 10 s of the node, 25 s and 30 s of a Co-signer. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 10, 25, 30]
/** One RSA-2048 signature takes 0.3 ms, one of 4096 bits 4 ms on two cores; 1 s is where waiting ends. */
const SIGNING_WAIT_SECONDS = [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 1]

export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry]
  return {
    requests: new Counter({
      name: 'callback_quorum_requests_total',
      help: 'Verified callback requests by what was answered and who asked; failed: no decision left the server',
      labelNames: ['dialect', 'kind', 'outcome', 'caller'],
      registers,
    }),
    requestSeconds: exemplarHistogram({
      name: 'callback_quorum_request_seconds',
      help: 'From the headers of a verified callback request to its answer',
      labelNames: ['dialect', 'kind', 'outcome'],
      buckets: REQUEST_SECONDS,
      registers,
    }),
    pings: new Counter({
      name: 'callback_quorum_pings_total',
      help: 'Signed pings answered, and whose they were',
      labelNames: ['dialect', 'ready', 'caller'],
      registers,
    }),
    tokenFailures: new Counter({
      name: 'callback_quorum_token_failures_total',
      help: 'Requests that could not be verified (Cobo: status 20, Fireblocks: 401), by why, and by whose key signed them (unknown: nobody is proven)',
      labelNames: ['dialect', 'reason', 'caller'],
      registers,
    }),
    unidentified: new Counter({
      name: 'callback_quorum_unidentified_requests_total',
      help: 'Requests without a readable request id (Cobo: status 10, Fireblocks: 400)',
      labelNames: ['dialect'],
      registers,
    }),
    unverifiedBodies: new Gauge({
      name: 'callback_quorum_unverified_bodies',
      help: 'Bodies held whose token is not verified yet',
      registers,
    }),
    turnedAway: new Counter({
      name: 'callback_quorum_bodies_turned_away_total',
      help: 'Requests answered 503 because too many unverified bodies were held',
      registers,
    }),
    refusedConnections: new Counter({
      name: 'callback_quorum_connections_refused_total',
      help: 'Connections not accepted, from an address not allowed, without a good certificate, or that spoke HTTP wrongly or too slowly',
      labelNames: ['reason'],
      registers,
    }),
    signing: createSigningMetrics(registers),
    tlsReloads: new Counter({
      name: 'callback_quorum_tls_reload_total',
      help: 'Changes of TLS files of a listener: loaded, or failed (the files before are still served)',
      labelNames: ['listener', 'result'],
      registers,
    }),
  }
}

function createSigningMetrics(registers: Registry[]): SigningMetrics {
  return {
    waitSeconds: new Histogram({
      name: 'callback_quorum_signing_wait_seconds',
      help: 'Waiting for a signing slot',
      labelNames: ['verified'],
      buckets: SIGNING_WAIT_SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: 'callback_quorum_signing_in_flight',
      help: 'Signatures being computed now',
      registers,
    }),
    waiting: new Gauge({
      name: 'callback_quorum_signing_waiting',
      help: 'Answers that wait for a signing slot now, by whether their caller was verified',
      labelNames: ['verified'],
      registers,
    }),
  }
}
