import type { CheckerConfig } from '@callback-quorum/checker-kit'
import type { GatewayConfig } from '@callback-quorum/gateway'
import type { CoboDialect, Kind } from '@callback-quorum/protocol'
import type { CommonConfig, ConfigFile } from '@callback-quorum/service'
import { recognise } from '../recognise.ts'
import type { ServiceName } from '../constellation/service-names.ts'
import { mannersOf, type Manner, type Manners } from './manner.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What this set needs to know of a service, from its own configuration as its own parser reads it. */
export interface ReadService {
  readonly service: ServiceName
  readonly file: ConfigFile<CommonConfig>
  /** How long it may take to answer this node. */
  readonly deadlineMs: number
  manners(caller: string): Manners
  /** Whether an approval of a keysign says that this server itself compared the bytes to be signed with the description. */
  bindsRaw(caller: string, dialect: CoboDialect): 'always' | 'with exceptions' | 'never'
  /** Of a gateway: what makes a replica of it decide the same. */
  readonly replicaOf?: { readonly databaseUrl: string; readonly decides: string }
}

/** Recognises the service by its blocks. Throws ConfigError with everything that is wrong with the configuration. */
export async function readService(path: string, env: Environment): Promise<ReadService> {
  const service = await recognise(path)
  switch (service) {
    case 'gateway': {
      const { readGatewayConfig } = await import('@callback-quorum/gateway')
      return gateway(await readGatewayConfig(path, env))
    }
    case 'integrity': {
      const { INTEGRITY_KINDS, readIntegrityConfig } = await import('@callback-quorum/integrity')
      return checker(service, await readIntegrityConfig(path, env), INTEGRITY_KINDS, () => 'always')
    }
    case 'limits': {
      const { LIMITED_KINDS, readLimitsConfig } = await import('@callback-quorum/limits')
      const file = await readLimitsConfig(path, env)
      return checker(service, file, LIMITED_KINDS, exceptionsOf(file.value.accept_unbound))
    }
    case 'sanctions': {
      const { readSanctionsConfig, SCREENED_KINDS } = await import('@callback-quorum/sanctions')
      const file = await readSanctionsConfig(path, env)
      return checker(service, file, SCREENED_KINDS, exceptionsOf(file.value.accept_unbound))
    }
    case 'business-lookup': {
      const { LOOKED_UP_KINDS, readBusinessLookupConfig } = await import('@callback-quorum/business-lookup')
      // By the description alone, on purpose.
      return checker(service, await readBusinessLookupConfig(path, env), LOOKED_UP_KINDS, () => 'never')
    }
    default:
      throw new TypeError(`unknown service ${String(service satisfies never)}`)
  }
}

function gateway(file: ConfigFile<GatewayConfig>): ReadService {
  const { checkers, quorum, deadline, database_url: databaseUrl } = file.value
  return {
    service: 'gateway',
    file,
    deadlineMs: deadline.cobo,
    manners: (caller) =>
      mannersOf((kind): Manner => {
        const entry = quorum.find(({ callers, kinds }) => callers.includes(caller) && kinds.includes(kind))
        // A required checker that has no rule for the kind never counts as an approval: somebody judges, or nothing is approved.
        return entry === undefined
          ? { does: 'rejects', by: 'no quorum entry' }
          : { does: 'judges', by: entry.require.join(' + ') }
      }),
    // It decodes nothing; what it says of bytes it has from its checkers.
    bindsRaw: () => 'never',
    replicaOf: { databaseUrl, decides: JSON.stringify([checkers, quorum]) },
  }
}

function checker(
  service: ServiceName,
  file: ConfigFile<CheckerConfig>,
  kinds: readonly Kind[],
  bindsRaw: ReadService['bindsRaw'],
): ReadService {
  const { outside_remit: outside, deadline } = file.value
  return {
    service,
    file,
    deadlineMs: deadline,
    manners: () =>
      mannersOf((kind): Manner => {
        if (kinds.includes(kind)) return { does: 'judges', by: 'its rules' }
        return outside.approve.includes(kind)
          ? { does: 'approves', by: 'outside_remit.approve' }
          : { does: 'rejects', by: 'OUTSIDE_REMIT' }
      }),
    bindsRaw,
  }
}

const exceptionsOf =
  (accepted: readonly { readonly callers: readonly string[]; readonly dialects: readonly string[] }[]) =>
  (caller: string, dialect: CoboDialect): 'always' | 'with exceptions' =>
    accepted.some(({ callers, dialects }) => callers.includes(caller) && dialects.includes(dialect))
      ? 'with exceptions'
      : 'always'
