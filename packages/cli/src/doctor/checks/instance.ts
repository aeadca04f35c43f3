import type { ListenAddress } from '@callback-quorum/service'
import type { Check, DoctorContext } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { isOwnHost, isTaken, ownAddressOf } from '../local-ports.ts'

const { ok, failed, warning, skipped } = findingsOf('instance')
const ports = findingsOf('ports')

/** The running service, where it runs; otherwise whether its ports are free. */
export const instance: Check = {
  name: 'instance',
  run: async (context, signal) => {
    const { metrics } = context.common
    if (metrics === undefined)
      return [
        skipped('no metrics listener is configured, so that a running service cannot be asked how it is'),
        ...(await portFindings(context, signal, undefined)),
      ]
    const isListening = await isTaken(metrics.listen, signal)
    if (isListening === undefined)
      return [skipped(`${shown(metrics.listen)} (metrics.listen): could not be reached in time`)]
    if (!isListening)
      return [
        skipped(`does not run: nobody listens on ${shown(metrics.listen)} (metrics.listen)`),
        ...(await portFindings(context, signal, false)),
      ]
    const answer = await ask(metrics.listen, '/readyz', signal)
    if (answer === 'silent')
      return [
        failed(
          `${shown(metrics.listen)} (metrics.listen): takes connections and does not say in time whether it is ready`,
          `See which program it is (ss -ltnp 'sport = :${metrics.listen.port}'); if it is this service it hangs: see its log, then restart it`,
        ),
      ]
    if (answer === undefined || !answer.isOurs)
      return [
        failed(
          `${shown(metrics.listen)} (metrics.listen): another program listens there, and not this service`,
          `See which (ss -ltnp 'sport = :${metrics.listen.port}') and stop it, or write another port into metrics.listen`,
        ),
      ]
    return [...(await readiness(answer, context, signal)), ...(await portFindings(context, signal, true))]
  },
}

const shown = ({ host, port }: ListenAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

interface Answer {
  readonly status: number
  readonly text: string
  readonly isOurs: boolean
}

/** `silent`: it did not answer in time; undefined: what it said is no HTTP. */
async function ask(listen: ListenAddress, path: string, signal: AbortSignal): Promise<Answer | 'silent' | undefined> {
  try {
    const url = `http://${shown({ ...listen, host: ownAddressOf(listen.host) })}${path}`
    const response = await fetch(url, { signal, redirect: 'manual' })
    return { status: response.status, text: await response.text(), isOurs: response.headers.has('x-process-id') }
  } catch {
    return signal.aborted ? 'silent' : undefined
  }
}

async function readiness(
  { status, text }: Answer,
  { common, opened }: DoctorContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const listen = common.metrics?.listen
  const answer = listen && (await ask(listen, '/metrics', signal))
  const metrics = typeof answer === 'object' ? answer.text : undefined
  const name = labelIn(metrics, 'service')
  if (name !== undefined && common.service_name !== undefined && name !== common.service_name)
    return [
      failed(
        `another service of ours (${name}) listens on ${listen ? shown(listen) : ''}, and not ${common.service_name}`,
        'Write ports of its own into metrics.listen and callback of this configuration, or stop the other one',
      ),
    ]
  const digest = /config_info\{[^}]*digest="([0-9a-f]{64})"/.exec(metrics ?? '')?.[1]
  const findings: Finding[] =
    metrics === undefined
      ? [
          skipped(
            '/metrics does not answer in time: whether this is the service, with this configuration, is not known',
          ),
        ]
      : []
  if (digest !== undefined && opened !== undefined && digest !== opened.file.digest)
    findings.push(
      warning(
        `the running service was started with another configuration (digest ${digest.slice(0, 16)}...) than the file now holds`,
        'Restart the service, so that it reads the file; or take the change back',
      ),
    )
  if (status === 200) return [...findings, ok(`${name ?? common.service_name ?? 'the service'} runs and is ready`)]
  return [
    ...findings,
    failed(
      `runs and is not ready: ${reasonsIn(text).join('; ')}`,
      'Do away with the reason; until then it defers or rejects everything, and /readyz of its metrics listener says when it is over',
    ),
  ]
}

const labelIn = (metrics: string | undefined, label: string): string | undefined =>
  new RegExp(`[{,]${label}="([^"\\\\]*)"`).exec(metrics ?? '')?.[1]

function reasonsIn(text: string): readonly string[] {
  try {
    const { reasons } = JSON.parse(text) as { readonly reasons?: unknown }
    if (Array.isArray(reasons)) return reasons.filter((reason) => typeof reason === 'string')
  } catch {
    // Told below: it does not say why.
  }
  return ['it does not say why']
}

/** `runs` is unknown where nothing can be asked. */
async function portFindings(
  { common }: DoctorContext,
  signal: AbortSignal,
  runs: boolean | undefined,
): Promise<readonly Finding[]> {
  const named: (readonly [field: string, listen: ListenAddress])[] = [
    ...(common.callback ?? []).map(({ listen }, index) => [`callback[${index}].listen`, listen] as const),
    ...(common.admin === undefined ? [] : [['admin.listen', common.admin.listen] as const]),
  ]
  const findings = await Promise.all(named.map(([field, listen]) => portFinding(field, listen, signal, runs)))
  return findings.flatMap((finding) => (finding === undefined ? [] : [finding]))
}

async function portFinding(
  field: string,
  listen: ListenAddress,
  signal: AbortSignal,
  runs: boolean | undefined,
): Promise<Finding | undefined> {
  const where = `${shown(listen)} (${field})`
  if (!isOwnHost(listen.host))
    return ports.failed(
      `${where}: ${listen.host} is no address of this machine`,
      `Write an address of this machine into ${field} (ip -brief address), or 0.0.0.0 for all of them`,
    )
  if (listen.port === 0) return undefined
  const taken = await isTaken(listen, signal)
  if (taken === undefined) return ports.skipped(`${where}: could not be looked at in time`)
  if (runs === true)
    return taken
      ? ports.ok(`${where}: open`)
      : ports.failed(
          `${where}: the service runs, and nobody listens there`,
          'Restart the service, so that it opens what the file now says',
        )
  if (!taken) return ports.ok(`${where}: free`)
  if (runs === undefined)
    return ports.skipped(
      `${where}: somebody listens there; whether it is this service cannot be told without metrics.listen`,
    )
  return ports.failed(
    `${where}: taken by another program, and this service does not run`,
    `See which (ss -ltnp 'sport = :${listen.port}') and stop it, or write another port into ${field}`,
  )
}
