/** Why a version was not activated by itself, each with the figures that were compared. */
export type GateFinding =
  /** Fewer rows than 80 % of what the list must have. */
  | { readonly gate: 'too_few_rows'; readonly rows: number; readonly floor: number }
  /** Fewer rows than the active version, or than the largest of the last 30 days. */
  | { readonly gate: 'shrunk'; readonly against: ShrinkBasis; readonly rows: number; readonly before: number }
  | {
      readonly gate: 'code_shrunk'
      readonly against: ShrinkBasis
      readonly code: string
      readonly rows: number
      readonly before: number
    }
  | { readonly gate: 'code_vanished'; readonly code: string; readonly before: number }
  | { readonly gate: 'grown'; readonly rows: number; readonly before: number }
  | { readonly gate: 'older_issue'; readonly dateOfIssue: string; readonly before: string }
  /** The other list has addresses that this version lacks. Keys are canonical, a few of them. */
  | {
      readonly gate: 'cross_check_missing'
      readonly source: string
      readonly missing: number
      readonly some: readonly string[]
    }
  /** This version has more addresses that the other list lacks than is tolerated. */
  | { readonly gate: 'cross_check_extras'; readonly source: string; readonly extras: number; readonly of: number }
  /** It screened before and was published again: taking it back is for people. */
  | { readonly gate: 'screened_before' }
  /** It was quarantined before, against another version: only people let it out. */
  | { readonly gate: 'quarantined_before' }

export type ShrinkBasis = 'active' | 'month'
