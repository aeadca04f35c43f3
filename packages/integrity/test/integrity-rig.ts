import { createAssetRegistry, STARTER_ASSETS, type AssetRegistry } from '@callback-quorum/chains'
import {
  describeCobo,
  loadAddressBook,
  whatIsSigned,
  type Seeing,
  type AddressBook,
  type Judgement,
  type Question,
} from '@callback-quorum/checker-kit'
import { digestOf, readCoboRequest, type CoboDialect } from '@callback-quorum/protocol'
import { parseConfigText } from '@callback-quorum/service'
import { CUSTODY, packageBytes, testRootPubkey, type CoboPackage } from '@callback-quorum/simulator'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIntegrityRules, integrityConfigSchema } from '../src/index.ts'

export const assets: AssetRegistry = createAssetRegistry(STARTER_ASSETS)

/** The blocks of every configuration that these tests do not look at. */
const COMMON = `service_name: integrity
profile: development
callback: [{ listen: "127.0.0.1:0", dialects: [cobo-v2] }]
identity: { private_key: key.pem }
callers: [{ name: node, platform: cobo, dialects: [cobo-v2], organisation: acme, pubkey_path: node.pub }]
data_dir: data
`

/** Generous caps, so that only the tests about fees meet them. */
const FEES = `fees:
  - { chain: ethereum, max: "1" }
  - { chain: bsc, max: "1" }
  - { chain: base, max: "1" }
  - { chain: polygon, max: "500" }
  - { chain: bitcoin, max: "0.01", unproven: accept }
  - { chain: litecoin, max: "0.1", unproven: accept }
  - { chain: dogecoin, max: "100", unproven: accept }
  - { chain: bitcoin-cash, max: "0.1" }
  - { chain: tron, max: "500" }
  - { chain: solana, max: "0.1" }
`

const VAULTS = 'vaults: [{ id: "0" }]\n'
const GROUPS = `groups: [{ root_pub_key: ${testRootPubkey()}, group_id: ${CUSTODY.tssGroupId} }]\n`

export interface Integrity {
  /** The codes of all objections, of the description, the binding and the rules; none: approved. */
  readonly codesOf: (content: CoboPackage, dialect?: CoboDialect) => Promise<readonly string[]>
  /** What the rules would see, or the codes of what was refused before. */
  readonly questionOf: (
    content: CoboPackage,
    dialect: CoboDialect,
  ) => { readonly question: Question } | { readonly codes: readonly string[] }
  /** The codes of the rules alone. */
  readonly judge: (question: Question) => Promise<readonly string[]>
}

export interface IntegrityOptions {
  /** YAML of integrity's own blocks; groups and generous fees are there unless it has its own. */
  readonly config?: string
  /** YAML of addresses.yaml. */
  readonly addresses?: string
}

/** Judges as the running checker does, without its sockets and database, so that tens of thousands of requests are seconds. */
export async function createIntegrity({ config = '', addresses }: IntegrityOptions = {}): Promise<Integrity> {
  const groups = config.includes('groups:') ? '' : GROUPS
  const vaults = config.includes('vaults:') ? '' : VAULTS
  const own = [groups, vaults, config.includes('fees:') ? '' : FEES, config].join('')
  const file = parseConfigText(COMMON + own, 'integrity.yaml', integrityConfigSchema, {})
  const book = await bookOf(addresses)
  const rules = createIntegrityRules({ value: file.value, path: 'integrity.yaml' }, { assets, addresses: book })
  const caller = { name: 'node', organisation: CUSTODY.organisation, platform: 'cobo' } as const
  const questionOf: Integrity['questionOf'] = (content, dialect) => {
    const bytes = packageBytes(content)
    const reading = readCoboRequest(dialect, bytes)
    if (reading.result !== 'request') return { codes: [reading.result] }
    const described = describeCobo(reading.request, { caller, digest: digestOf(bytes), assets, addresses: book })
    if ('objections' in described) return { codes: described.objections.map(({ code }) => code) }
    const seeing: Seeing = { judges: 'raw', acceptUnbound: [], assets, addresses: book }
    const seen = whatIsSigned(seeing, reading.request, described.question)
    return 'objections' in seen ? { codes: seen.objections.map(({ code }) => code) } : seen
  }
  const judge: Integrity['judge'] = async (question) => {
    const context = { signal: new AbortController().signal, leftMs: 1_000, now: new Date(0), firstAskedAt: new Date(0) }
    const asked = rules.filter(({ kinds }) => kinds.includes(question.kind))
    const judgements = await Promise.all(asked.map(async (rule) => rule.judge?.(question, context)))
    const said = judgements.filter((judgement) => judgement !== undefined)
    return said.length === 0 ? ['NOBODY_ASKED'] : said.flatMap(codesOfJudgement)
  }
  return {
    questionOf,
    judge,
    async codesOf(content, dialect = 'cobo-v2') {
      const seen = questionOf(content, dialect)
      return 'codes' in seen ? seen.codes : judge(seen.question)
    },
  }
}

function codesOfJudgement(judgement: Judgement): readonly string[] {
  if (judgement.outcome === 'approve') return []
  return judgement.outcome === 'unable' ? [judgement.code] : judgement.objections.map(({ code }) => code)
}

async function bookOf(yaml: string | undefined): Promise<AddressBook> {
  if (yaml === undefined) return loadAddressBook(undefined, assets)
  const folder = await mkdtemp(join(tmpdir(), 'cq integrity '))
  try {
    await writeFile(join(folder, 'addresses.yaml'), yaml)
    return await loadAddressBook(join(folder, 'addresses.yaml'), assets)
  } finally {
    await rm(folder, { recursive: true })
  }
}
