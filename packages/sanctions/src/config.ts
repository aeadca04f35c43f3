import { acceptUnbound, checkerConfigShape } from '@callback-quorum/checker-kit'
import { duration, expecting, filePath, type Check, type Problem } from '@callback-quorum/service'
import { z } from 'zod'

/** domain/sanctions 1.3: fail closed a day after the last check. */
const MAX_AGE_MS = 24 * 3_600_000
/** A list that may be older than a week is no longer screening; OFAC publishes several times a week. */
const MAX_AGE_MS_MAX = 7 * 24 * 3_600_000

const listEntry = z.strictObject({
  /** The format follows from it. */
  source: z.enum(['ofac-sdn']),
  /** Left out: the packaged starter list. */
  file: filePath
    .regex(/\.xml(?:\.gz)?$/, { error: expecting('a path that ends in .xml or .xml.gz', 'lists/sdn_advanced.xml') })
    .optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: expecting('64 lower-case hexadecimal digits') })
    .optional(),
  max_age: z
    .union([z.literal('none'), duration.refine((ms) => ms > 0 && ms <= MAX_AGE_MS_MAX)], {
      error: expecting('a duration up to 168h, or none for the starter list', '24h'),
    })
    .optional(),
  starter_list: z.literal('demo', { error: expecting('the word demo, or this line left out') }).optional(),
})

const policy = z.enum(['reject', 'report'], { error: expecting('reject or report') })

/** What sanctions adds to the blocks of every checker. */
export const sanctionsConfigShape = {
  lists: z
    .array(listEntry)
    .min(1, { error: expecting('at least one list', '[{ source: ofac-sdn, file: lists/sdn_advanced.xml }]') }),
  /** A match by the same key in another encoding or on another chain (L2). */
  same_key: policy.default('reject'),
  accept_unbound: acceptUnbound,
  /** Mixed-case hexadecimal that is not EIP-55; it is screened first either way. */
  address_checksum: policy.default('reject'),
}

export const sanctionsConfigSchema = z.strictObject({ ...checkerConfigShape, ...sanctionsConfigShape })
export type SanctionsConfig = z.output<typeof sanctionsConfigSchema>
export type ListEntry = SanctionsConfig['lists'][number]

/** The starter list is for demonstrations: said so, or in development, and never in production. */
export const isStarterAllowed = (profile: SanctionsConfig['profile'], { starter_list }: ListEntry): boolean =>
  profile === 'development' || (profile !== 'production' && starter_list === 'demo')

/** A list does not age only when it is the packaged one, which no `file` names. */
export const maxAgeOf = ({ file, max_age }: ListEntry): number | 'none' =>
  max_age ?? (file === undefined ? 'none' : MAX_AGE_MS)

/** Rules over several members of the `lists` block. */
export const checkSanctionsRules: Check<Pick<SanctionsConfig, 'profile' | 'lists'>> = ({ profile, lists }) =>
  lists.flatMap((entry, position) => {
    const problems: Problem[] = []
    const add = (member: string, problem: string, expected: string): void =>
      void problems.push({ path: ['lists', position, member], problem, expected })
    const first = lists.map(({ source }) => source).indexOf(entry.source)
    if (first < position) add('source', `is already the source of lists[${String(first)}]`, 'each source once')
    if (profile === 'production' && entry.starter_list !== undefined)
      add('starter_list', 'is not for profile production', 'a list that is delivered')
    const isAllowed = isStarterAllowed(profile, entry)
    if (entry.file === undefined && !isAllowed)
      add('file', 'is missing', 'the path of a delivered list; starter_list: demo for a demonstration')
    if (entry.file === undefined && typeof entry.max_age === 'number')
      add('max_age', 'has no meaning for the starter list, which does not age', 'none')
    if (entry.file !== undefined && entry.max_age === 'none' && !isAllowed)
      add('max_age', 'is none for a delivered list', 'a duration such as 24h')
    return problems
  })
