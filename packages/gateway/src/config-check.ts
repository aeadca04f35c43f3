import type { Kind } from '@callback-quorum/protocol'
import { checkCommonRules, isLoopbackHost, type Problem } from '@callback-quorum/service'
import { isBareJsonPath } from './ask/asked-paths.ts'
import { checkCosigners } from './check-cosigners.ts'
import type { GatewayConfig } from './config.ts'

/** Which kinds a platform asks about; a quorum for another kind would never be used and only looks safe. */
const KINDS_OF: Readonly<Record<'cobo' | 'fireblocks', readonly Kind[]>> = {
  cobo: ['keygen', 'keysign', 'keyreshare', 'keysharesign'],
  fireblocks: ['tx-approval', 'tx-signing', 'config-change'],
}

/** The rules over several members of a gateway's configuration. Empty when they agree. */
export function checkGatewayConfig(config: GatewayConfig): readonly Problem[] {
  return [
    ...checkCommonRules(config),
    ...checkCheckers(config),
    ...checkQuorum(config),
    ...checkUncovered(config),
    ...checkCosigners(config),
  ]
}

function checkCheckers(config: GatewayConfig): Problem[] {
  const problems: Problem[] = []
  for (const [index, entry] of config.checkers.entries()) {
    const at = (member: string, problem: string, expected: string): void => {
      problems.push({ path: ['checkers', index, member], problem, expected })
    }
    const first = config.checkers.findIndex(({ name }) => name === entry.name)
    if (first < index) at('name', `is already the name of checkers[${first}]`, 'a name of its own')
    const { protocol, hostname, pathname } = new URL(entry.service_address)
    if (isBareJsonPath(pathname))
      at('service_address', 'names a path of bare JSON, whose answers nobody signs', 'a path below /v2, or none')
    if (protocol === 'http:' && !isLoopbackHost(hostname.replace(/^\[|\]$/g, '')) && entry.plaintext === undefined) {
      at('service_address', 'is plain HTTP beyond loopback', 'https://, or plaintext: acknowledged beside it')
    }
    if (protocol === 'http:' && entry.tls !== undefined)
      at('tls', 'has no meaning for an http:// address', 'https:// or no tls block')
    if (entry.pubkey_path.length === 0)
      at('pubkey_path', 'names no key', 'at least one, to verify what the checker signs')
    if (
      entry.binding === 'request_id' &&
      entry.on_error_status === undefined &&
      !hearsOnlyCosigners(config, entry.name)
    ) {
      at(
        'on_error_status',
        'is missing for a server with binding: request_id',
        'reject or defer: what a non-zero status without action means',
      )
    }
    if (entry.binding === 'digest' && entry.on_error_status !== undefined)
      at('on_error_status', 'has no meaning with binding: digest', 'it left out')
    if (entry.binding === 'request_id' && entry.outcome)
      at('outcome', 'is not understood by third-party servers', 'false')
    if (entry.tls !== undefined && (entry.tls.client_cert === undefined) !== (entry.tls.client_key === undefined)) {
      at('tls', 'has only one of client_cert and client_key', 'both or none')
    }
  }
  if (config.checkers.some(({ outcome }) => outcome) && config.identity.internal_key === undefined) {
    problems.push({
      path: ['identity', 'internal_key'],
      problem: 'is missing',
      expected: 'a key of its own: it signs the outcomes that checkers ask for',
    })
  }
  return problems
}

/** Then there is no status that could be an error. Whoever stands in no quorum entry may yet be put into one of a Cobo node. */
function hearsOnlyCosigners(config: GatewayConfig, checker: string): boolean {
  const asking = new Set(
    config.quorum
      .filter(({ require, shadow }) => [...require, ...shadow].includes(checker))
      .flatMap(({ callers }) => callers),
  )
  const platforms = config.callers.filter(({ name }) => asking.has(name)).map(({ platform }) => platform)
  return platforms.length > 0 && platforms.every((platform) => platform === 'fireblocks')
}

function checkQuorum(config: GatewayConfig): Problem[] {
  const problems: Problem[] = []
  const seen = new Map<string, number>()
  const checkers = new Map(config.checkers.map((entry) => [entry.name, entry]))
  for (const [index, entry] of config.quorum.entries()) {
    const at = (member: string, problem: string, expected: string): void => {
      problems.push({ path: ['quorum', index, member], problem, expected })
    }
    for (const name of [...entry.require, ...entry.shadow]) {
      if (!checkers.has(name))
        at(
          entry.require.includes(name) ? 'require' : 'shadow',
          `names ${name}, which is no checker`,
          [...checkers.keys()].join(', '),
        )
    }
    if (new Set(entry.require).size !== entry.require.length) at('require', 'names a checker twice', 'each once')
    for (const name of entry.shadow)
      if (entry.require.includes(name)) at('shadow', `${name} is required too`, 'one of the two')
    if (entry.shadow.length > 0 && new Set(entry.shadow).size !== entry.shadow.length)
      at('shadow', 'names a checker twice', 'each once')
    const signs = entry.kinds.some((kind) => kind === 'keysign' || kind === 'tx-signing')
    if (signs && !entry.accept_unbound && entry.require.every((name) => checkers.get(name)?.binding === 'request_id')) {
      at(
        'require',
        'has only servers that bind nothing, so that nothing would ever be approved',
        'a checker with binding: digest, or accept_unbound: true',
      )
    }
    if (!signs && entry.accept_unbound)
      at('accept_unbound', 'has no meaning for kinds that sign no transaction', 'it left out')
    for (const name of entry.callers) {
      const caller = config.callers.find((known) => known.name === name)
      if (caller === undefined) {
        at('callers', `names ${name}, which is no caller`, config.callers.map((known) => known.name).join(', '))
        continue
      }
      for (const kind of entry.kinds) {
        const key = `${name}/${kind}`
        const earlier = seen.get(key)
        if (earlier !== undefined)
          at('kinds', `${key} stands in quorum[${earlier}] already`, 'exactly one entry for each caller and kind')
        else seen.set(key, index)
        if (!KINDS_OF[caller.platform].includes(kind))
          at('kinds', `${kind} is never asked by platform ${caller.platform}`, KINDS_OF[caller.platform].join(', '))
      }
    }
  }
  return problems
}

/** A caller of whom nothing is ever approved is a mistake, not a policy. */
function checkUncovered(config: GatewayConfig): Problem[] {
  return config.callers.flatMap(({ name }, index) =>
    config.quorum.some(({ callers }) => callers.includes(name))
      ? []
      : [
          {
            path: ['callers', index],
            problem: `${name} stands in no quorum entry, so that everything it asks is rejected`,
            expected: 'a quorum entry for it',
          },
        ],
  )
}

/** One row per caller and kind, for a person to read: who must approve, in which order. */
export function quorumMatrix(
  config: GatewayConfig,
): readonly { caller: string; kind: Kind; require: string; shadow: string; unbound: boolean }[] {
  const stageOf = new Map(config.checkers.map(({ name, stage }) => [name, stage]))
  return config.callers.flatMap((caller) =>
    KINDS_OF[caller.platform].map((kind) => {
      const entry = config.quorum.find(({ callers, kinds }) => callers.includes(caller.name) && kinds.includes(kind))
      const inOrder = (entry?.require ?? []).toSorted((a, b) => (stageOf.get(a) ?? 1) - (stageOf.get(b) ?? 1))
      return {
        caller: caller.name,
        kind,
        require:
          entry === undefined
            ? 'REJECT (nobody is in charge)'
            : `${inOrder.map((name) => `${name}@${stageOf.get(name) ?? 1}`).join(' + ')}${entry.instead_of_reject === 'ignore' ? ', else IGNORE' : ''}`,
        shadow: entry?.shadow.join(', ') ?? '',
        unbound: entry?.accept_unbound ?? false,
      }
    }),
  )
}
