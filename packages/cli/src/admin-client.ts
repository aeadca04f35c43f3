import { open } from 'node:fs/promises'
import type { CommonConfig, ConfigFile } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { CommandFailed, UsageError } from './faults.ts'
import type { Host } from './host.ts'

const ANSWER_MS_MAX = 10_000
const OTHERS = 0o007

/** How every command finds an admin listener and says who asks. */
export interface AdminOptions {
  readonly config?: string
  readonly adminUrl?: string
  readonly tokenFile: string
  readonly output: 'text' | 'json'
}

export type ReadConfig = (path: string, env: Host['env']) => Promise<Pick<ConfigFile<CommonConfig>, 'value'>>

/** Adds the options of AdminOptions to a command; `whose` is the service, as it stands in the help. */
export const withAdminOptions = (command: Command, whose: string): Command =>
  command
    .option('-c, --config <file>', `${whose} configuration, for the address of its admin listener`)
    .option('--admin-url <url>', 'that address itself, where the configuration is not at hand')
    .requiredOption('-t, --token-file <file>', 'file with the bearer token, closed to others')
    .addOption(new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'))

/** One service's admin listener, asked with one token. */
export interface AdminClient {
  readonly url: string
  get<S extends z.ZodType>(
    path: string,
    answer: S,
    query?: Readonly<Record<string, string | undefined>>,
    options?: Pick<PostOptions, 'timeoutMs'>,
  ): Promise<z.output<S>>
  post<S extends z.ZodType>(path: string, answer: S, body: object, options?: PostOptions): Promise<z.output<S>>
}

export interface PostOptions {
  /** Ends the message when there is no answer: what was asked for may have happened. */
  readonly unknown?: string
  readonly timeoutMs?: number
}

/** Throws UsageError for options that contradict each other, CommandFailed for a token file that cannot be used, ConfigError. */
export async function openAdminClient(
  o: AdminOptions,
  readConfig: ReadConfig,
  host: Host,
  whose: string,
): Promise<AdminClient> {
  const url = await adminUrl(o, readConfig, host)
  const token = await readToken(o.tokenFile)
  const call = async <S extends z.ZodType>(
    path: string,
    answer: S,
    method: 'GET' | 'POST',
    { unknown, timeoutMs = ANSWER_MS_MAX }: PostOptions,
    body?: object,
  ): Promise<z.output<S>> => {
    const request = {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      redirect: 'error' as const,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
    const response = await fetch(`${url}${path}`, request).catch((cause: unknown) => {
      throw new CommandFailed(
        `${whose} admin listener ${url} does not answer${unknown === undefined ? '' : `; ${unknown}`}`,
        { cause },
      )
    })
    const content: unknown = await response.json().catch(() => undefined)
    const read = answer.safeParse(content)
    if (response.ok && read.success) return read.data
    const said = z.object({ error: z.string() }).safeParse(content)
    throw new CommandFailed(
      `${url}${path} answered HTTP ${String(response.status)}${said.success ? `: ${said.data.error}` : ''}`,
    )
  }
  return {
    url,
    get: (path, answer, query = {}, options = {}) => call(`${path}${queryText(query)}`, answer, 'GET', options),
    post: (path, answer, body, options = {}) => call(path, answer, 'POST', options, body),
  }
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

async function adminUrl({ config, adminUrl: url }: AdminOptions, readConfig: ReadConfig, host: Host): Promise<string> {
  if ((config === undefined) === (url === undefined)) throw new UsageError('expected one of --config and --admin-url')
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new UsageError(`--admin-url ${url}: expected http://host:port`)
    return url.replace(/\/+$/, '')
  }
  const { value } = await readConfig(config ?? '', host.env)
  if (value.admin === undefined) throw new CommandFailed(`${config ?? ''} has no admin listener`)
  const { host: name, port } = value.admin.listen
  if (port === 0) throw new UsageError(`${config ?? ''} lets the system choose the admin port: use --admin-url`)
  // A listener on all addresses is reached on this machine.
  const here = name === '0.0.0.0' ? '127.0.0.1' : name === '::' ? '::1' : name
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}`
}

async function readToken(path: string): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new CommandFailed(`the token file ${path} cannot be opened`, { cause })
  })
  try {
    const { mode } = await file.stat()
    if ((mode & OTHERS) !== 0) throw new CommandFailed(`the token file ${path} is open to others: chmod 0600 '${path}'`)
    const token = (await file.readFile('utf8')).trim()
    if (!/^[A-Za-z0-9_-]+$/.test(token)) throw new CommandFailed(`the token file ${path} does not hold one token`)
    return token
  } finally {
    await file.close()
  }
}
