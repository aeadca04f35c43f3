import { ConfigError } from '@callback-quorum/service'
import type { KeyFile } from './member.ts'
import type { ReadService } from './read-service.ts'

interface Keyed extends ReadService {
  readonly key: KeyFile
}

interface Joined<T> {
  readonly entry: T
  /** Its own file first, then those of its replicas. */
  readonly files: readonly string[]
}

/**
 * Gateways that sign with one key become one server: they are replicas. Throws ConfigError where they do not share what replicas share,
 * and where two that are no replicas sign with one key or have one name.
 */
export function joinReplicas<T extends Keyed>(services: readonly T[]): readonly Joined<T>[] {
  const problems: string[] = []
  const joined: { entry: T; files: string[] }[] = []
  for (const service of services) {
    const { file, key } = service
    const same = joined.find(({ entry }) => entry.key.fingerprint === key.fingerprint)
    const namesake = joined.find(({ entry }) => entry.file.value.service_name === file.value.service_name)
    if (same !== undefined) {
      problems.push(...notReplicas(same.entry, service))
      same.files.push(file.path)
      continue
    }
    if (namesake !== undefined)
      problems.push(
        `${file.path}: has the service_name ${file.value.service_name} of ${namesake.entry.file.path} and another key; expected a name of its own`,
      )
    joined.push({ entry: service, files: [file.path] })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return joined
}

function notReplicas(first: Keyed, second: Keyed): readonly string[] {
  const { path } = second.file
  const one = `${path}: signs with the key of ${first.file.path}`
  if (path === first.file.path) return [`${path}: is given twice; expected each configuration once`]
  if (first.replicaOf === undefined || second.replicaOf === undefined)
    return [`${one}; expected a key of its own for each service`]
  const problems: string[] = []
  if (second.replicaOf.databaseUrl === '' || first.replicaOf.databaseUrl !== second.replicaOf.databaseUrl)
    problems.push(`${one} and has another database; expected one database_url, which is what replicas share`)
  if (first.replicaOf.decides !== second.replicaOf.decides)
    problems.push(`${one} and has other checkers or another quorum; expected the same in every replica`)
  return problems
}
