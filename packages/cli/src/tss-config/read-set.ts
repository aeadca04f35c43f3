import type { CoboDialect } from '@callback-quorum/protocol'
import { ConfigError } from '@callback-quorum/service'
import { addressOf } from './address-of.ts'
import { checkSet } from './check-set.ts'
import { dialectOf, dialectProblem, nodeOf, sameNode, type FoundNode } from './find-node.ts'
import type { KeyFile, Member } from './member.ts'
import { nodeShape, readNodeVersion, type NodeShape } from './node-shape.ts'
import { readNodeKeys, readServiceKey } from './read-member-keys.ts'
import { readService, type ReadService } from './read-service.ts'
import { joinReplicas } from './replicas.ts'
import type { Settings } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the node shall be told, and what was found on the way that a person should know. */
export interface ServerSet {
  readonly node: string
  readonly shape: NodeShape
  readonly members: readonly Member[]
  readonly warnings: readonly string[]
}

interface Entry extends ReadService {
  readonly key: KeyFile
}

/** Reads the set and checks it as a whole. Throws one ConfigError with everything for which it is refused. */
export async function readSet(settings: Settings, env: Environment, nowMs: number): Promise<ServerSet> {
  const services = await readServices(settings, env)
  const unknown = unknownNames(settings, services)
  const keyed = await all(services.map((service) => withKey(service, settings, services)))
  const [first, ...others] = joinReplicas(keyed)
  if (first === undefined) throw new ConfigError(['the set is empty, and a node without servers executes every task'])
  const caller = nodeOf(first.entry, settings.caller)
  if ('problem' in caller) throw new ConfigError([...unknown, caller.problem])
  const version = settings.nodeVersion === undefined ? undefined : readNodeVersion(settings.nodeVersion)
  const isOldNode = version !== undefined && 'problem' in nodeShape('cobo-v2', version)
  const dialect = dialectOf(settings.dialect, caller, isOldNode)
  const shape = nodeShape(dialect, version)
  const node: FoundNode = { caller, keys: await readNodeKeys(caller, first.entry.file, nowMs) }
  const warnings: string[] = []
  const made = await Promise.allSettled(
    [first, ...others].map(async ({ entry, files }, index) => {
      const found = index === 0 ? node : await sameNode(entry, node, nowMs)
      return memberOf(entry, files, found, dialect, settings, services, warnings)
    }),
  )
  const problems = [...unknown, ...('problem' in shape ? [shape.problem] : []), ...made.flatMap(problemsOf)]
  const members = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const checked = checkSet(members, dialect, settings)
  if ('problem' in shape || problems.length + checked.problems.length > 0)
    throw new ConfigError([...problems, ...checked.problems])
  return { node: caller.name, shape, members, warnings: [...checked.warnings, ...warnings] }
}

async function readServices({ gateways, checkers }: Settings, env: Environment): Promise<readonly ReadService[]> {
  return all([
    ...gateways.map(async (path) => {
      const read = await readService(path, env)
      if (read.service === 'gateway') return read
      throw new ConfigError([`--gateway ${path}: is the configuration of ${read.service}; expected --checker ${path}`])
    }),
    ...checkers.map(async (path) => {
      const read = await readService(path, env)
      if (read.service !== 'gateway') return read
      throw new ConfigError([`--checker ${path}: is the configuration of a gateway; expected --gateway ${path}`])
    }),
  ])
}

async function withKey(service: ReadService, { pubkeys }: Settings, all: readonly ReadService[]): Promise<Entry> {
  return { ...service, key: await readServiceKey(service.file, valueFor(service, pubkeys, all)) }
}

async function memberOf(
  entry: Entry,
  files: readonly string[],
  found: FoundNode | { readonly problem: string },
  dialect: CoboDialect,
  settings: Settings,
  services: readonly ReadService[],
  warnings: string[],
): Promise<Member> {
  const url = valueFor(entry, settings.urls, services)
  const { service_name: name } = entry.file.value
  const address =
    files.length > 1 && url === undefined
      ? {
          problem:
            `${files.join(' and ')}: sign with one key, so they are replicas of one gateway. A node asks every entry and all must approve, ` +
            `so two entries would fail when either is down; expected the one address of the load balancer before them, --url ${name}=https://...`,
        }
      : addressOf(entry.file, {
          dialect,
          isPlaintextAcknowledged: settings.plaintext === 'acknowledged',
          ...(url !== undefined && { url }),
        })
  const unheard = 'problem' in found ? undefined : dialectProblem(entry, found.caller, dialect)
  const problems = [
    ...('problem' in found ? [found.problem] : []),
    ...(unheard === undefined ? [] : [unheard]),
    ...('problem' in address ? [address.problem] : []),
  ]
  if ('problem' in found || 'problem' in address || problems.length > 0)
    return Promise.reject(new ConfigError(problems))
  warnings.push(...address.warnings)
  return Promise.resolve({
    ...entry,
    name,
    files,
    serviceAddress: address.serviceAddress,
    caller: found.caller,
    nodeKeys: found.keys,
    byKind: entry.manners(found.caller.name),
  })
}

/** By service_name; or by the kind of service, where only one is of it. */
function valueFor(
  { service, file }: ReadService,
  values: ReadonlyMap<string, string>,
  services: readonly ReadService[],
): string | undefined {
  const isOnly = services.filter((other) => other.service === service).length === 1
  return values.get(file.value.service_name) ?? (isOnly ? values.get(service) : undefined)
}

function unknownNames({ urls, pubkeys }: Settings, services: readonly ReadService[]): readonly string[] {
  const names = services.map(({ file }) => file.value.service_name)
  const known = [...names, ...services.map(({ service }) => service)]
  return [
    ...[...urls.keys()].map((name) => ['--url', name] as const),
    ...[...pubkeys.keys()].map((name) => ['--pubkey', name] as const),
  ].flatMap(([option, name]) =>
    known.includes(name) ? [] : [`${option} ${name}=...: is none of the set; expected one of ${names.join(', ')}`],
  )
}

async function all<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(promises)
  const problems = settled.flatMap(problemsOf)
  if (problems.length > 0) throw new ConfigError(problems)
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

/** A bug is not a problem of the configuration and goes on up. */
function problemsOf(result: PromiseSettledResult<unknown>): readonly string[] {
  if (result.status === 'fulfilled') return []
  if (result.reason instanceof ConfigError) return result.reason.problems
  throw result.reason
}
