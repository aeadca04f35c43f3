import { readFile } from 'node:fs/promises'
import { ConfigError } from '@callback-quorum/service'
import { isMap, isScalar, parseDocument } from 'yaml'
import { SERVICE_NAMES, type ServiceName } from './constellation/service-names.ts'
import { SERVICES } from './services.ts'

/** Which service a configuration is for, by the blocks that only this service has. */
export async function recognise(path: string): Promise<ServiceName> {
  const keys = topLevelKeys(await readFile(path, 'utf8').catch(() => ''))
  const matching = SERVICE_NAMES.filter((name) =>
    SERVICES[name].blocks.every((block) => [block].flat().some((one) => keys.includes(one))),
  )
  const [only, second] = matching
  if (only !== undefined && second === undefined) return only
  const blocks = SERVICE_NAMES.map((name) => `${blocksOf(name)} (${name})`).join(', ')
  const problem = only === undefined ? 'is not recognised' : `has the blocks of ${matching.join(' and ')}`
  throw new ConfigError([
    `${path}:1:1 (file): ${problem}; expected a readable YAML file with ${blocks}; example --service limits`,
  ])
}

const blocksOf = (name: ServiceName): string =>
  SERVICES[name].blocks.map((block) => [block].flat().join(' or ')).join(' and ')

/** Also of a document with mistakes: the service's own reader will tell them. */
function topLevelKeys(text: string): readonly string[] {
  const { contents } = parseDocument(text)
  if (!isMap(contents)) return []
  return contents.items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' ? [key.value] : []))
}
