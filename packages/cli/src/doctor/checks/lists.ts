import { readFile, stat } from 'node:fs/promises'
import { ConfigError, readAuthority, readBearerToken } from '@callback-quorum/service'
import type { SanctionsConfig } from '@callback-quorum/sanctions'
import { askHttp } from '../ask-http.ts'
import type { Check, DoctorContext } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { unreachable } from '../unreachable.ts'
import { fixOf, foundIn } from './configuration.ts'

type ListEntry = SanctionsConfig['lists'][number]

/** Of a list that is configured without an age, as the checker has it. */
const AGE_MS_MAX = 24 * 3_600_000
const { ok, failed, warning, skipped } = findingsOf('lists')

/** Where sanctions has its lists from: files that are there and were checked of late, servers that answer. */
export const lists: Check = {
  name: 'lists',
  run: async (context, signal) => {
    if (context.service !== 'sanctions') return []
    if (context.opened === undefined) return [skipped('not looked at while the configuration does not hold')]
    const { readSanctionsConfig } = await import('@callback-quorum/sanctions')
    const { value } = await readSanctionsConfig(context.path, context.env)
    return Promise.all(
      value.lists.map((entry, index) =>
        entry.url === undefined
          ? lookAtFile(entry, index, context)
          : lookAtServer(entry, entry.url, index, context, signal),
      ),
    )
  },
}

async function lookAtFile(entry: ListEntry, index: number, { pathOf, nowMs }: DoctorContext): Promise<Finding> {
  const { source, file } = entry
  if (file === undefined)
    return entry.starter_list === 'demo'
      ? ok(`${source}: the packaged list of a demonstration`)
      : warning(`${source}: the packaged list, which is years old`, `Write url or file into lists[${index}]`)
  const path = pathOf(file)
  if (
    !(await stat(path).then(
      (found) => found.isFile(),
      () => false,
    ))
  )
    return failed(
      `${source}: ${path} (lists[${index}].file) does not exist or is no file`,
      `Have the list delivered to ${path}, or correct lists[${index}].file`,
    )
  if (entry.max_age === 'none') return ok(`${source}: ${path}`)
  const checkedAt = await checkedAtOf(`${path}.manifest.json`)
  if (checkedAt === undefined)
    return failed(
      `${source}: ${path}.manifest.json is missing or says no checked_at; without it nobody knows how old the list is`,
      `Have whoever delivers the list write { "checked_at": ..., "sha256": ... } there after each check of the publication`,
    )
  const ageMs = nowMs() - checkedAt
  const maxMs = entry.max_age ?? AGE_MS_MAX
  const age = `${source}: ${path}, checked ${hours(ageMs)} ago, max_age ${hours(maxMs)}`
  const fix = `Have the delivery of ${source} run again (the job that writes ${path})`
  if (ageMs > maxMs) return failed(age, fix)
  return ageMs > maxMs / 2 ? warning(age, fix) : ok(age)
}

async function checkedAtOf(path: string): Promise<number | undefined> {
  try {
    const { checked_at: at } = JSON.parse(await readFile(path, 'utf8')) as { readonly checked_at?: unknown }
    const ms = typeof at === 'string' ? Date.parse(at) : Number.NaN
    return Number.isNaN(ms) ? undefined : ms
  } catch {
    return undefined
  }
}

async function lookAtServer(
  entry: ListEntry,
  address: string,
  index: number,
  { pathOf }: DoctorContext,
  signal: AbortSignal,
): Promise<Finding> {
  const { source } = entry
  const url = new URL(address)
  // A path may name a subscription; who is asked is enough.
  const where = `${source}: ${url.host} (lists[${index}].url)`
  try {
    const ca = entry.ca === undefined ? undefined : await readAuthority(pathOf(entry.ca))
    const token = entry.token_file === undefined ? undefined : await readBearerToken(pathOf(entry.token_file))
    const { status, headers } = await askHttp({
      url,
      method: 'GET',
      headers: {
        accept: '*/*',
        'user-agent': 'callback-quorum doctor',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(ca !== undefined && { tls: { ca } }),
      headersOnly: true,
      signal,
    })
    if (status >= 300 && status < 400) return await redirectFinding(entry, url, index, status, headers.location)
    if (status >= 200 && status < 300) return ok(`${where}: answers ${status}`)
    if (status === 401 || status === 403)
      return failed(
        `${where}: answers ${status}`,
        `Put a token that holds into lists[${index}].token_file, or ask the publisher`,
      )
    return failed(`${where}: answers ${status}`, `Correct lists[${index}].url (curl -I says what is there)`)
  } catch (error) {
    if (error instanceof ConfigError) return failed(`${source}: ${foundIn(error.message)}`, fixOf(error.message))
    const { found, fix } = unreachable(error, {
      url,
      field: `lists[${index}].url`,
      caField: `lists[${index}].ca`,
      who: source,
    })
    return failed(`${where}: ${found}`, fix)
  }
}

/** The checker goes only where it may; doctor goes nowhere, so that the token stays with whom it is for. */
async function redirectFinding(
  { source, redirect_hosts: hosts = [] }: ListEntry,
  from: URL,
  index: number,
  status: number,
  location: string | undefined,
): Promise<Finding> {
  const { matchesHost } = await import('@callback-quorum/sanctions')
  const where = `${source}: ${from.host} (lists[${index}].url): answers ${status}`
  const to = location === undefined ? null : URL.parse(location, from.href)
  if (to?.protocol !== 'https:')
    return failed(`${where}, and leads to no https address`, `Correct lists[${index}].url (curl -I says what is there)`)
  if ([from.hostname, ...hosts].some((pattern) => matchesHost(pattern, to.hostname)))
    return ok(`${where}, to ${to.host}, where the checker may go`)
  return failed(
    `${where}, to ${to.host}, where the checker does not go`,
    `Write redirect_hosts: [${to.hostname}] into lists[${index}], if the publisher keeps the list there`,
  )
}

const hours = (ms: number): string => `${(ms / 3_600_000).toFixed(1)} h`
