import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { AssetRegistry } from '@callback-quorum/chains'
import type { VerificationKey } from '@callback-quorum/protocol'
import {
  ConfigError,
  createServiceContext,
  listen,
  loadVerificationKeys,
  type AdminRoute,
  type Caller,
  type Clock,
  type ConfigFile,
  type Logger,
  type MigrationSet,
  type RunningService,
  type ServiceContext,
  type Stoppable,
} from '@callback-quorum/service'
import type { Seeing } from './bind/what-is-signed.ts'
import { startApprovalHold } from './approval-hold.ts'
import { unjudgedTypes } from './config-change.ts'
import type { AcceptUnbound, CheckerConfig } from './config.ts'
import { decide, type Judging } from './decide.ts'
import type { OnEvent } from './event-ledger.ts'
import { mountEventRoute } from './event-route.ts'
import { exportRoutes } from './export/export-routes.ts'
import { startHeldClaims } from './held-claims.ts'
import { createCheckerMetrics } from './metrics.ts'
import { checkerKitMigrations } from './migrations.ts'
import { loadAddressBook, type AddressBook } from './operator-files/address-book.ts'
import { loadAssets } from './operator-files/asset-file.ts'
import { mountOutcomeRoute } from './outcome-route.ts'
import type { Rule } from './rule.ts'
import type { VerdictSource } from './verdict-ledger.ts'

/** Outcome notices live for 60 s; a longer one was not made by our gateway. */
const OUTCOME_TOKEN_AGE_MS_MAX = 60_000

/** What rules are made from. */
export interface CheckerContext extends ServiceContext {
  readonly assets: AssetRegistry
  readonly addresses: AddressBook
}

/** A checker's rules and what they stand on. */
export interface RuleSet {
  readonly rules: readonly Rule[]
  /** SHA-256 hex (or any stable text) of the rules' own configuration files; goes into every verdict's policy digest. */
  readonly policyDigest?: string
  /** Names the data the rules decide on (a list version); goes into every verdict. */
  readonly dataVersion?: () => string
  /** Why the rules cannot judge now; empty when they can. */
  readonly notReady?: () => Promise<readonly string[]>
  readonly parts?: readonly Stoppable[]
  /** Hears what a node says became of a request: for alarms, never needed for a verdict. */
  readonly onEvent?: OnEvent
  /** Served on the admin listener, beside `GET /v1/state` and the export of verdicts, which every checker has. */
  readonly adminRoutes?: readonly AdminRoute[]
}

/** What every checker's own start function takes: its configuration, and what tests give from outside. */
export interface CheckerStart<Config extends CheckerConfig> {
  readonly file: ConfigFile<Config>
  readonly clock?: Clock
  readonly log?: Logger
}

export interface CheckerOptions extends CheckerStart<CheckerConfig> {
  /** What `verdict.checker` says; a gateway's entry must carry the same name. A main passes its configured `service_name`. */
  readonly name: string
  readonly rules: (context: CheckerContext) => Promise<RuleSet> | RuleSet
  readonly migrations?: readonly MigrationSet[]
  /**
   * What a signing request is judged on. `raw`: the decoded bytes, compared with the description before any rule is asked; whatever does
   * not bind is rejected unless `acceptUnbound` names it. `description`: what the request says, for checkers that compare it with a
   * record of their own and must not share a decoder's bug with the others.
   */
  readonly judges: Seeing['judges']
  readonly acceptUnbound?: AcceptUnbound
}

/**
 * Starts a complete callback server around the rules: verified requests of all configured callers on the dialects' own paths, pings,
 * claims by business key, signed verdicts, records, `/v2/outcome`, `/v2/event`, metrics. It can stand behind a gateway or be registered with a TSS Node.
 * @throws ConfigError for what the operator must change; ServiceFault when the database cannot be opened
 */
export async function createChecker(options: CheckerOptions): Promise<RunningService> {
  const { file } = options
  const { gateway } = file.value
  const gatewayKeys =
    gateway === undefined
      ? []
      : await loadVerificationKeys('gateway', gateway.pubkey_path, file.directory, OUTCOME_TOKEN_AGE_MS_MAX)
  const migrations = [checkerKitMigrations, ...(options.migrations ?? [])]
  const service = await createServiceContext(file, {
    migrations,
    otherKeys: gatewayKeys.map(({ fingerprint }) => ({ role: 'gateway.pubkey_path', fingerprint })),
    acceptedKeys: [{ role: 'gateway', keys: gatewayKeys }],
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.log === undefined ? {} : { log: options.log }),
  })
  try {
    return await startChecker(options, service, gatewayKeys)
  } catch (error) {
    await service.database.close()
    throw error
  }
}

async function startChecker(
  options: CheckerOptions,
  service: ServiceContext,
  gatewayKeys: readonly VerificationKey[],
): Promise<RunningService> {
  const { file } = options
  const pathOf = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(file.directory, path)
  const { registry: assets, digest: assetsDigest } = await loadAssets(pathOf(file.value.assets))
  const addresses = await loadAddressBook(pathOf(file.value.addresses), assets)
  const context: CheckerContext = { ...service, assets, addresses }
  const ruleSet = await options.rules(context)
  try {
    assertRules(ruleSet.rules, file)
    return await serve(options, context, ruleSet, assetsDigest, gatewayKeys)
  } catch (error) {
    // A list that is watched or a pool that is open would keep a process alive that could not start.
    for (const part of ruleSet.parts ?? [])
      await part.stop().catch((err: unknown) => {
        service.log.error({ err, part: part.name }, 'could not be stopped')
      })
    throw error
  }
}

function serve(
  options: CheckerOptions,
  context: CheckerContext,
  ruleSet: RuleSet,
  assetsDigest: string,
  gatewayKeys: readonly VerificationKey[],
): Promise<RunningService> {
  const { file } = options
  const { assets, addresses, database, clock, log } = context
  const policyDigest = createHash('sha256')
    .update([file.digest, assetsDigest, addresses.digest, ruleSet.policyDigest ?? ''].join('\n'))
    .digest('hex')
  const dataVersion = ruleSet.dataVersion ?? (() => 'none')
  const source = (): VerdictSource => ({ policyDigest, dataVersion: dataVersion() })
  const kinds = new Set(ruleSet.rules.flatMap((rule) => rule.kinds))
  const metrics = createCheckerMetrics(context.registry, [...kinds, ...file.value.outside_remit.approve])
  const judging: Judging = {
    name: options.name,
    rules: ruleSet.rules,
    outsideRemit: file.value.outside_remit.approve,
    judges: options.judges,
    ...(options.acceptUnbound !== undefined && { acceptUnbound: options.acceptUnbound }),
    deadlineMs: file.value.deadline,
    configChanges: file.value.config_changes,
    approvalHoldMs: file.value.approval_hold,
    signedOrganisations: signedOrganisations(context.callers),
    assets,
    addresses,
    database,
    clock,
    log,
    metrics,
    source,
  }
  const approvals = startApprovalHold({ database, rules: ruleSet.rules, log, metrics })
  const heldClaims = startHeldClaims({ registry: context.registry, database, log, kinds })
  const parts = [approvals, heldClaims]
  return listen(context, {
    decide: (callback) => decide(judging, callback),
    routes: (router) => {
      const receiving = { callers: context.callers, database, clock, log, metrics }
      mountOutcomeRoute(router, { ...receiving, name: options.name, gatewayKeys, rules: ruleSet.rules })
      const { onEvent } = ruleSet
      mountEventRoute(router, { ...receiving, ...(onEvent === undefined ? {} : { onEvent }) })
    },
    adminRoutes: [
      stateRoute(options.name, source),
      ...exportRoutes({ name: options.name, database, identityKey: context.identityKey }),
      ...(ruleSet.adminRoutes ?? []),
    ],
    onFault: 'status_30',
    ...(gatewayKeys.length > 0 && { wrapKeys: gatewayKeys }),
    notReady: async () => [...(await databaseProblems(context)), ...((await ruleSet.notReady?.()) ?? [])],
    parts: [...parts, ...(ruleSet.parts ?? [])],
  }).catch(async (error: unknown) => {
    await Promise.all(parts.map((part) => part.stop()))
    throw error
  })
}

/** What the next verdict would say about its maker, for whoever compares it with a record or another replica. */
const stateRoute = (name: string, source: () => VerdictSource): AdminRoute => ({
  method: 'GET',
  path: '/v1/state',
  role: 'viewer',
  handle: () => {
    const { policyDigest, dataVersion } = source()
    return Promise.resolve({ body: { name, policy_digest: policyDigest, data_version: dataVersion } })
  },
})

async function databaseProblems({ database }: ServiceContext): Promise<readonly string[]> {
  return database.ping().then(
    () => [],
    () => ['the database does not answer'],
  )
}

/** Where a Co-signer's signer asks here. A Cobo node has no approvals that a signing would follow. */
const signedOrganisations = (callers: readonly Caller[]): ReadonlySet<string> =>
  new Set(
    callers
      .filter(({ signers }) => [...signers.values()].some(({ role }) => role === 'signer'))
      .map(({ organisation }) => organisation),
  )

function assertRules(rules: readonly Rule[], { path, value }: ConfigFile<CheckerConfig>): void {
  const problems = rules
    .filter((rule) => rule.judge === undefined && rule.claim === undefined)
    .map(({ name }) => `${path}: rule ${name} neither judges nor claims`)
  if (rules.length === 0) problems.push(`${path}: a checker needs at least one rule; expected rules that can say no`)
  const names = rules.map(({ name }) => name)
  if (new Set(names).size !== names.length)
    problems.push(`${path}: two rules have one name; expected distinct names, found ${names.join(', ')}`)
  for (const type of unjudgedTypes(value.config_changes, rules))
    problems.push(
      `${path}: config_changes.${type} is to be judged, and no rule of this checker judges changes of a workspace`,
    )
  if (problems.length > 0) throw new ConfigError(problems)
}
