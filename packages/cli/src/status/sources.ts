import { CommandFailed, UsageError } from '../faults.ts'
import { recognise } from '../recognise.ts'
import { SERVICES } from '../services.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A listener on all addresses is reached on this machine. */
const HERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** One service to be looked at. */
export interface Source {
  /** Of its metrics listener, without a path. */
  readonly url: string
  /** Its service_name, where its configuration is known. */
  readonly name: string | null
}

/**
 * Where the metrics listeners of these services are, each once, without a path. Throws UsageError for a URL that is none, CommandFailed for a
 * configuration without such a listener, ConfigError.
 */
export async function sourcesOf(
  configs: readonly string[],
  urls: readonly string[],
  env: Environment,
): Promise<readonly Source[]> {
  const found = await Promise.all(configs.map((path) => sourceOfConfig(path, env)))
  const named = urls.map((url): Source => ({ url: urlOf(url), name: null }))
  const all = [...found, ...named]
  return all.filter(({ url }, index) => all.findIndex((other) => other.url === url) === index)
}

function urlOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new UsageError(`--metrics ${text}: expected http://host:port`)
  return text.replace(/\/+$/, '').replace(/\/metrics$/, '')
}

async function sourceOfConfig(path: string, env: Environment): Promise<Source> {
  const { file } = await SERVICES[await recognise(path)].open(path, env)
  const { metrics, service_name: name } = file.value
  if (metrics === undefined)
    throw new CommandFailed(`${path} has no metrics listener; expected metrics: { listen: 127.0.0.1:11121 }`)
  const { host, port } = metrics.listen
  if (port === 0) throw new UsageError(`${path} lets the system choose the port of its metrics: use --metrics`)
  const here = HERE[host] ?? host
  return { url: `http://${here.includes(':') ? `[${here}]` : here}:${port}`, name }
}
