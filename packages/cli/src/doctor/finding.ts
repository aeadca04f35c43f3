/** One thing that was looked at. Nothing in it is ever a secret. */
export type Finding =
  | { readonly status: 'ok' | 'skipped'; readonly check: string; readonly found: string }
  | {
      readonly status: 'warning' | 'failed'
      readonly check: string
      readonly found: string
      /** One sentence: what to do, with the command or the line to change. */
      readonly fix: string
    }

export type Status = Finding['status']

/** Makes the findings of one check. */
export interface Findings {
  ok(found: string): Finding
  skipped(found: string): Finding
  warning(found: string, fix: string): Finding
  failed(found: string, fix: string): Finding
}

export const findingsOf = (check: string): Findings => ({
  ok: (found) => ({ status: 'ok', check, found }),
  skipped: (found) => ({ status: 'skipped', check, found }),
  warning: (found, fix) => ({ status: 'warning', check, found, fix }),
  failed: (found, fix) => ({ status: 'failed', check, found, fix }),
})
