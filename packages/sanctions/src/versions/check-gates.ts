import type { GateFinding, ShrinkBasis } from './gate-finding.ts'
import type { VersionCounts } from './list-version.ts'

/** domain/sanctions 1.3, "Gates before activation". Percentages of the former figure; a version exactly at a limit passes. */
export interface GateLimits {
  /** What the list is known to have at least; below 80 % of it a version is not the list. 0: it may have no address at all. */
  readonly rowsMin: number
  readonly shrinkPercent: number
  /** One code may lose this share, or this many rows if that is more. */
  readonly codeShrinkPercent: number
  readonly codeShrinkRows: number
  readonly growthPercent: number
}

/** The largest figures of the versions that screened in the last 30 days, since people last activated one. */
export interface MonthMaximum {
  readonly rows: number
  readonly rowsByCode: Readonly<Record<string, number>>
}

/** How the addresses of a version and of another list differ. */
export interface CrossCheck {
  readonly source: string
  /** Addresses of the other list that the version lacks, and a few of them. */
  readonly missing: number
  readonly some: readonly string[]
  /** Addresses of the version that the other list lacks, of so many. */
  readonly extras: number
  readonly of: number
  readonly extrasPercentMax: number
}

export interface GateInput {
  readonly next: VersionCounts
  /** Absent for the first version ever, and when only the starter list came before. */
  readonly active?: VersionCounts
  readonly month?: MonthMaximum
  readonly crossCheck?: CrossCheck
  /** What became of these very bytes before. */
  readonly before?: 'screened' | 'quarantined'
}

const FLOOR_PERCENT = 80

/** Every reason not to activate a version; none: it may screen. Pure. */
export function checkGates(input: GateInput, limits: GateLimits): readonly GateFinding[] {
  const { next, active, month, crossCheck, before } = input
  return [
    ...tooFew(next, limits),
    ...(active === undefined ? [] : [...shrunk('active', next, active, limits), ...vanished(next, active)]),
    ...(active === undefined || month === undefined ? [] : shrunk('month', next, month, limits)),
    ...(active === undefined ? [] : [...grown(next, active, limits), ...older(next, active)]),
    ...(crossCheck === undefined ? [] : crossed(crossCheck)),
    ...(before === 'screened' ? [{ gate: 'screened_before' } as const] : []),
    ...(before === 'quarantined' ? [{ gate: 'quarantined_before' } as const] : []),
  ]
}

/** Codes that the active version neither declares nor has: screened with at once, and announced. */
export function newCodes(next: VersionCounts, active: VersionCounts): readonly string[] {
  const known = codesOf(active)
  return [...codesOf(next)].filter((code) => !known.has(code))
}

const isMoreThan = (part: number, percent: number, whole: number): boolean => part * 100 > whole * percent

function tooFew({ rows }: VersionCounts, { rowsMin }: GateLimits): readonly GateFinding[] {
  const isEnough = (rows > 0 || rowsMin === 0) && rows * 100 >= rowsMin * FLOOR_PERCENT
  return isEnough ? [] : [{ gate: 'too_few_rows', rows, floor: rowsMin }]
}

function shrunk(
  against: ShrinkBasis,
  next: VersionCounts,
  before: MonthMaximum,
  { shrinkPercent, codeShrinkPercent, codeShrinkRows }: GateLimits,
): readonly GateFinding[] {
  const lost = before.rows - next.rows
  const total: readonly GateFinding[] = isMoreThan(lost, shrinkPercent, before.rows)
    ? [{ gate: 'shrunk', against, rows: next.rows, before: before.rows }]
    : []
  const codes = Object.entries(before.rowsByCode).flatMap(([code, had]): readonly GateFinding[] => {
    const rows = next.rowsByCode[code] ?? 0
    const isTooMuch = had - rows > codeShrinkRows && isMoreThan(had - rows, codeShrinkPercent, had)
    return isTooMuch ? [{ gate: 'code_shrunk', against, code, rows, before: had }] : []
  })
  return [...total, ...codes]
}

/** A code is there while it is declared or has rows; one that had rows must keep some. */
function vanished(next: VersionCounts, active: VersionCounts): readonly GateFinding[] {
  const still = codesOf(next)
  return [...codesOf(active)].flatMap((code): readonly GateFinding[] => {
    const before = active.rowsByCode[code] ?? 0
    const isGone = !still.has(code) || (before > 0 && (next.rowsByCode[code] ?? 0) === 0)
    return isGone ? [{ gate: 'code_vanished', code, before }] : []
  })
}

function grown(next: VersionCounts, active: VersionCounts, { growthPercent }: GateLimits): readonly GateFinding[] {
  // The first addresses of a list of names are no growth of anything.
  const isTooMuch = active.rows > 0 && isMoreThan(next.rows - active.rows, growthPercent, active.rows)
  return isTooMuch ? [{ gate: 'grown', rows: next.rows, before: active.rows }] : []
}

/** A list that has dates and comes without one cannot be told from an older one. */
function older(next: VersionCounts, active: VersionCounts): readonly GateFinding[] {
  if (active.dateOfIssue === undefined) return []
  const dateOfIssue = next.dateOfIssue ?? ''
  return dateOfIssue < active.dateOfIssue ? [{ gate: 'older_issue', dateOfIssue, before: active.dateOfIssue }] : []
}

/** Asymmetric: an address that we lack is never tolerated, one that only we have up to a share. */
function crossed({ source, missing, some, extras, of, extrasPercentMax }: CrossCheck): readonly GateFinding[] {
  return [
    ...(missing > 0 ? [{ gate: 'cross_check_missing', source, missing, some } as const] : []),
    ...(isMoreThan(extras, extrasPercentMax, of) ? [{ gate: 'cross_check_extras', source, extras, of } as const] : []),
  ]
}

const codesOf = ({ codes, rowsByCode }: VersionCounts): ReadonlySet<string> =>
  new Set([...codes, ...Object.keys(rowsByCode)])
