import { readFile } from 'node:fs/promises'
import type { GatewayConfig } from '@callback-quorum/gateway'
import { DIALECTS, TOKEN_FIELD, type Dialect } from '@callback-quorum/protocol'
import { askHttp, type HttpAnswer, type HttpQuestion } from '../ask-http.ts'
import type { Check, DoctorContext } from '../check.ts'
import { clockFinding } from '../clock-finding.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { coboIdentity } from '../cobo-identity.ts'
import { unreachable, type Asked } from '../unreachable.ts'

type Entry = GatewayConfig['checkers'][number]

/** No caller signed it, so that whoever gets it can only say that it is no token: nothing is judged, recorded or claimed. */
const NO_TOKEN = 'callback-quorum-doctor'
/** A certificate is renewed by people. */
const NEAR_MS = 21 * 86_400_000
const HALF_SECOND_MS = 500

/** Every checker of a gateway: reachable, over the TLS that is configured, at the paths that are asked, and the one whose key is pinned. */
export const checkers: Check = {
  name: 'checkers',
  run: async (context, signal) => {
    const entries = context.gateway.checkers ?? []
    return (await Promise.all(entries.map((entry, index) => lookAt(entry, index, context, signal)))).flat()
  },
}

async function lookAt(
  entry: Entry,
  index: number,
  context: DoctorContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { pathsOf } = await import('@callback-quorum/gateway')
  const { failed } = findingsOf(`checker ${entry.name}`)
  const address = new URL(entry.service_address)
  const asked: Asked = {
    url: address,
    field: `checkers[${index}].service_address`,
    caField: `checkers[${index}].tls.ca`,
    who: entry.name,
  }
  const { paths } = pathsOf(address.pathname)
  const findings: Finding[] = []
  const ways = dialectsOf(entry, context).flatMap((dialect) => {
    const path = isCobo(dialect) ? paths[dialect] : (paths['fireblocks-tx'] ?? paths['fireblocks-config'])
    if (path !== undefined) return [{ dialect, url: new URL(path, address) }]
    findings.push(
      failed(
        `${shownUrl(address)}: names the path of another dialect, so that nothing in ${dialect} is ever asked there`,
        `Write checkers[${index}].service_address: ${address.origin}, to which the path of each dialect is added, or an entry of its own for ${dialect}`,
      ),
    )
    return []
  })
  let tls: HttpQuestion['tls']
  try {
    tls = await tlsOf(entry, context)
  } catch {
    return [
      failed(
        `${shownUrl(address)}: not asked, a file of checkers[${index}].tls cannot be read`,
        `See tls files, and correct checkers[${index}].tls`,
      ),
    ]
  }
  for (const [position, way] of ways.entries()) {
    try {
      const answer = await askHttp({ ...questionOf(way), ...(tls && { tls }), signal })
      if (position === 0) findings.push(...aroundFindings(entry, answer, context))
      findings.push(await answerFinding(entry, index, way, answer, context))
    } catch (error) {
      const { found, fix } = unreachable(error, { ...asked, url: way.url })
      // The other paths go the same way.
      return [...findings, failed(`${shownUrl(address)}: ${found}`, fix)]
    }
  }
  return findings
}

/** In which dialects it is asked; when nobody is in charge of that yet, in the usual one. */
function dialectsOf({ name }: Entry, { common, gateway }: DoctorContext): readonly Dialect[] {
  const asking = new Set(
    (gateway.quorum ?? [])
      .filter(({ require, shadow }) => [...require, ...shadow].includes(name))
      .flatMap(({ callers }) => callers),
  )
  const used = new Set(
    (common.callers ?? []).filter((caller) => asking.has(caller.name)).flatMap(({ dialects }) => dialects),
  )
  const found = DIALECTS.filter((dialect) => used.has(dialect))
  return found.length === 0
    ? ['cobo-v2']
    : found.filter((dialect) => dialect !== 'fireblocks-json' || !used.has('fireblocks-jwt'))
}

async function tlsOf({ tls }: Entry, { pathOf }: DoctorContext): Promise<HttpQuestion['tls']> {
  if (tls === undefined) return undefined
  const read = (file: string): Promise<string> => readFile(pathOf(file), 'utf8')
  return {
    ...(tls.ca === undefined ? {} : { ca: await read(tls.ca) }),
    ...(tls.client_cert === undefined ? {} : { cert: await read(tls.client_cert) }),
    ...(tls.client_key === undefined ? {} : { key: await read(tls.client_key) }),
    ...(tls.pin_sha256 === undefined ? {} : { pin: tls.pin_sha256 }),
  }
}

/** Without user, password and query, which may be secrets. */
const shownUrl = ({ origin, pathname }: URL): string => `${origin}${pathname === '/' ? '' : pathname}`

interface Way {
  readonly dialect: Dialect
  readonly url: URL
}

const isCobo = (dialect: Dialect): dialect is 'cobo-v1' | 'cobo-v2' => dialect === 'cobo-v1' || dialect === 'cobo-v2'

function questionOf({ dialect, url }: Way): Pick<HttpQuestion, 'url' | 'method' | 'headers' | 'body'> {
  return isCobo(dialect)
    ? {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ [TOKEN_FIELD]: NO_TOKEN }).toString(),
      }
    : { url, method: 'POST', headers: { 'content-type': 'application/jwt' }, body: NO_TOKEN }
}

/** What any HTTP answer shows: its clock, and how long its certificate holds. */
function aroundFindings(
  { name, request_timeout: timeoutMs }: Entry,
  answer: HttpAnswer,
  { nowMs }: DoctorContext,
): readonly Finding[] {
  const { warning } = findingsOf(`checker ${name}`)
  const findings: Finding[] = []
  const date = Date.parse(answer.headers.date ?? '')
  if (!Number.isNaN(date))
    findings.push(clockFinding(`checker ${name}`, nowMs() - (date + HALF_SECOND_MS), HALF_SECOND_MS + answer.tookMs))
  const ends = answer.certificateEnds?.getTime()
  if (ends !== undefined && ends - nowMs() < NEAR_MS)
    findings.push(
      warning(
        `its certificate ends on ${new Date(ends).toISOString().slice(0, 10)}`,
        `Have the certificate of ${name} renewed, and restart it`,
      ),
    )
  if (answer.tookMs > timeoutMs / 2)
    findings.push(
      warning(
        `took ${Math.round(answer.tookMs)} ms for an answer that needs no thought; request_timeout is ${timeoutMs} ms`,
        `See what keeps ${name} busy, or raise its request_timeout`,
      ),
    )
  return findings
}

async function answerFinding(
  entry: Entry,
  index: number,
  way: Way,
  answer: HttpAnswer,
  context: DoctorContext,
): Promise<Finding> {
  const { failed, skipped } = findingsOf(`checker ${entry.name}`)
  const where = `${shownUrl(way.url)} (${way.dialect})`
  if (answer.status === 404)
    return failed(
      `${where}: answers 404, so it does not serve ${way.dialect} at this path`,
      `Add ${way.dialect} to callback[].dialects of ${entry.name}, or correct the path in checkers[${index}].service_address`,
    )
  if (answer.status === 503)
    return failed(
      `${where}: answers 503, too many requests or no key to sign with`,
      `Look at the log and /readyz of ${entry.name}`,
    )
  if (isCobo(way.dialect)) return coboIdentity(entry, index, where, answer, context)
  if (answer.status === 401)
    return skipped(
      `${where}: reachable, and refuses what nobody signed; Fireblocks' 401 has no body, so that which key it signs with is proved only by its first real answer`,
    )
  return failed(
    `${where}: answers HTTP ${answer.status} to what nobody signed; expected 401`,
    `See what really listens there, and correct checkers[${index}].service_address`,
  )
}
