import { duration, durationBetween, expecting, filePath, nameText, wholeNumber } from '@callback-quorum/service'
import { z } from 'zod'
import { isHostPattern } from './delivery/host-pattern.ts'
import { FORMAT_NAMES, type FormatName, type FormatOptions } from './formats/format.ts'
import type { GateLimits } from './versions/check-gates.ts'

/** A list that may be older than a week is no longer screening; OFAC publishes several times a week. */
const MAX_AGE_MS_MAX = 7 * 24 * 3_600_000
const REFRESH_MS_MIN = 60_000
const REFRESH_MS_MAX = 12 * 3_600_000
/** domain/sanctions 1.3: every 30 to 60 minutes. */
const REFRESH_MS = 45 * 60_000
const COLUMNS_MAX = 1_000
const ROWS_MIN_MAX = 100_000_000
const PERCENT_MAX = 1_000

/** Sources whose publisher has one format; any other name says its own. */
const FORMAT_OF: Readonly<Record<string, FormatName>> = {
  'ofac-sdn': 'ofac-advanced',
  'ofac-consolidated': 'ofac-advanced',
}

/** What a list is known to have; the SDN list had 627 addresses or more in every version since 2024. */
const ROWS_MIN: Readonly<Record<string, number>> = { 'ofac-sdn': 500 }

const percent = wholeNumber(0, PERCENT_MAX)
const column = wholeNumber(1, COLUMNS_MAX)

const gates = z.strictObject({
  rows_min: wholeNumber(0, ROWS_MIN_MAX).optional(),
  shrink_percent: percent.default(15),
  code_shrink_percent: percent.default(30),
  code_shrink_rows: wholeNumber(0, ROWS_MIN_MAX).default(5),
  growth_percent: percent.default(100),
  cross_check: z.strictObject({ source: nameText, extras_percent: percent.default(20) }).optional(),
})

export const listEntry = z.strictObject({
  /** Any name: of the list in records, metrics and commands. What the database knows of a list hangs on it. */
  source: nameText,
  format: z.enum(FORMAT_NAMES, { error: expecting(`one of ${FORMAT_NAMES.join(', ')}`) }).optional(),
  url: z
    .url({ protocol: /^https$/, error: expecting('an https:// URL', 'https://lists.example.com/sdn_advanced.xml') })
    .optional(),
  file: filePath.optional(),
  redirect_hosts: z
    .array(z.string().refine(isHostPattern, { error: expecting('a host, or *. and a host', '*.example.com') }))
    .optional(),
  ca: filePath.optional(),
  token_file: filePath.optional(),
  refresh: durationBetween(REFRESH_MS_MIN, REFRESH_MS_MAX, 'from 1m to 12h').optional(),
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
  /** What a delisting needs: `ack`, two people who acknowledge it; `none`, nothing. */
  delisting_hold: z.enum(['ack', 'none'], { error: expecting('ack or none') }).default('ack'),
  /** Matches on these lists of the publisher only are reported and do not reject (91507: OFAC's SSI, which is no full block). */
  report_only_list_ids: z.array(z.string({ error: expecting('list ids in quotes', '["91507"]') }).min(1)).default([]),
  columns: z
    .strictObject({
      address: column,
      party: column.optional(),
      code: column.optional(),
      until: column.optional(),
    })
    .optional(),
  delimiter: z.enum([',', ';', '\t'], { error: expecting('a comma, a semicolon or a tab in quotes') }).optional(),
  header: z.boolean().optional(),
  gates: gates.prefault({}),
})
export type ListEntry = z.output<typeof listEntry>

export const formatOf = ({ source, format }: ListEntry): FormatName | undefined => format ?? FORMAT_OF[source]

/** What the parser is told. Throws for an entry that `checkListEntries` refuses. */
export function formatOptionsOf(entry: ListEntry): FormatOptions {
  const format = formatOf(entry)
  if (format === undefined) throw new Error(`invariant: the configuration of ${entry.source} was checked`)
  const { columns, delimiter, header } = entry
  return {
    format,
    ...(columns === undefined ? {} : { columns: withoutGaps(columns) }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(header === undefined ? {} : { header }),
  }
}

const withoutGaps = ({ address, party, code, until }: NonNullable<ListEntry['columns']>) => ({
  address,
  ...(party === undefined ? {} : { party }),
  ...(code === undefined ? {} : { code }),
  ...(until === undefined ? {} : { until }),
})

export const gateLimitsOf = ({ source, gates: written }: ListEntry): GateLimits => ({
  rowsMin: written.rows_min ?? ROWS_MIN[source] ?? 1,
  shrinkPercent: written.shrink_percent,
  codeShrinkPercent: written.code_shrink_percent,
  codeShrinkRows: written.code_shrink_rows,
  growthPercent: written.growth_percent,
})

export const refreshMsOf = ({ refresh }: ListEntry): number => refresh ?? REFRESH_MS
