import { POWERS } from '@callback-quorum/chains'
import { checkCheckerConfig, checkerConfigShape } from '@callback-quorum/checker-kit'
import { expecting, readConfigFile, type ConfigFile, type Problem } from '@callback-quorum/service'
import { z } from 'zod'

/** More entries than this in one list are a mistake; each is looked through for every request. */
const ENTRIES_MAX = 1_000

const text = z.string().min(1)
const list = <T extends z.ZodType>(item: T) => z.array(item).max(ENTRIES_MAX).default([])

/** Names of the node's curve numbers (protocol/cobo.md 3.3). */
export const CURVES = { secp256k1: 0, ed25519: 2 } as const
const curve = z.enum(['secp256k1', 'ed25519'])

const decimal = (example: string) =>
  z
    .string({ error: expecting('a decimal string', example) })
    .regex(/^(0|[1-9]\d{0,29})(\.\d{1,30})?$/, { error: expecting('a decimal string', example) })

/** Key groups that may sign; a request of another one is refused. */
const group = z.strictObject({
  root_pub_key: text,
  group_id: text.optional(),
  /** Who may take part; left out: whoever the request's own description names. */
  node_ids: z.array(text).min(1).optional(),
})

/** Vault accounts of a Fireblocks workspace whose money may move. */
const vault = z.strictObject({
  /** As \`sourceId\` says it. */
  id: text,
  /** Devices that may take part in a signature; left out: any. */
  players: z.array(text).min(1).optional(),
})

const GROUPS = ['the key groups that may sign', '[{ root_pub_key: xpub661MyMwAqRbc... }]'] as const
const VAULTS = ['the vault accounts that may pay', '[{ id: "0" }]'] as const

const ceremonies = z
  .strictObject({
    keygen: list(z.strictObject({ curve, threshold: z.int().min(1), node_ids: z.array(text).min(1) })),
    keyreshare: list(
      z.strictObject({ root_pub_key: text, curve, threshold: z.int().min(1), node_ids: z.array(text).min(1) }),
    ),
    keysharesign: list(z.strictObject({ node_id: text, group_ids: z.array(text).min(1) })),
  })
  .prefault({})

/** Control that may change hands; everything else is refused. Exact: chain, power, what is controlled, who gets it. */
const power = z.strictObject({
  chain: text,
  power: z.enum(POWERS),
  /** Left out: the account that signs. */
  subject: text.optional(),
  /** Left out: nobody may be named. */
  grantee: text.optional(),
})

/** Contracts and programs that may be called. */
const contract = z.strictObject({
  chain: text,
  address: text,
  /** EVM selectors (0x and eight digits) whose effects are not understood and which are let through all the same; `*` is every one. */
  undecoded: z.array(z.union([z.literal('*'), z.string().regex(/^0x[0-9a-f]{8}$/)])).default([]),
  /** deposit() and withdraw(uint256) of it wrap and unwrap the chain's coin. */
  wraps_coin: z.boolean().default(false),
  /** May be given an allowance, of a finite amount; `unlimited` without end. */
  allowance: z.enum(['none', 'finite', 'unlimited']).default('none'),
  /** May be paid by calls: coins or tokens sent to it are not a hidden recipient. */
  receives: z.boolean().default(false),
})

const fee = z.strictObject({
  chain: text,
  /** In whole coins. */
  max: decimal('"0.05"'),
  /** Of what is paid, where that is the chain's coin: "0.1" is ten percent. */
  max_share: decimal('"0.1"').optional(),
  /** Lets inputs pay whose amounts the signatures do not commit to (P2PKH, several P2WPKH): the true fee may be higher than it looks. */
  unproven: z.literal('accept').optional(),
})

const message = z.union([
  z.strictObject({ standard: z.literal('eip-191'), chain: text, pattern: text }),
  z.strictObject({
    standard: z.literal('eip-712'),
    chain: text,
    primary_type: text,
    /** Left out members of the domain must be absent in the message. */
    domain: z.strictObject({
      name: text.optional(),
      version: text.optional(),
      chain_id: z.int().positive().optional(),
      verifying_contract: text.optional(),
    }),
  }),
])

export const integrityConfigShape = {
  /** Of platform cobo, and required where it asks. */
  groups: z
    .array(group, { error: expecting(...GROUPS) })
    .min(1, { error: expecting('at least one key group', GROUPS[1]) })
    .max(ENTRIES_MAX)
    .optional(),
  /** Of platform fireblocks, and required where it asks. */
  vaults: z
    .array(vault, { error: expecting(...VAULTS) })
    .min(1, { error: expecting('at least one vault account', VAULTS[1]) })
    .max(ENTRIES_MAX)
    .optional(),
  ceremonies,
  powers: list(power),
  contracts: list(contract),
  /** One for each chain that is paid on; a chain without a cap is refused. */
  fees: list(fee),
  messages: list(message),
  /** TRON resources and Solana stake: refused unless allowed. */
  staking: z.enum(['allow', 'refuse']).default('refuse'),
}

export const integrityConfigSchema = z.strictObject({ ...checkerConfigShape, ...integrityConfigShape })
export type IntegrityConfig = z.output<typeof integrityConfigSchema>

/** Each platform names whose signature is asked for in its own way; where it asks, that must be configured. */
function checkWhoSigns({ callers, groups, vaults }: IntegrityConfig): readonly Problem[] {
  const asks = (platform: 'cobo' | 'fireblocks'): boolean => callers.some((caller) => caller.platform === platform)
  const missing = (key: string, platform: string, [expected, example]: readonly [string, string]): Problem => ({
    path: [key],
    problem: `is missing, and a caller of platform ${platform} is configured`,
    expected,
    example,
  })
  return [
    ...(asks('cobo') && groups === undefined ? [missing('groups', 'cobo', GROUPS)] : []),
    ...(asks('fireblocks') && vaults === undefined ? [missing('vaults', 'fireblocks', VAULTS)] : []),
  ]
}

export const checkIntegrityConfig = (config: IntegrityConfig): readonly Problem[] => [
  ...checkCheckerConfig(config),
  ...checkWhoSigns(config),
]

export const readIntegrityConfig = (
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile<IntegrityConfig>> => readConfigFile(path, integrityConfigSchema, env, checkIntegrityConfig)
