import type { Quote } from './quote.ts'

/** One source of prices as the poller sees it. */
export interface QuoteReader {
  readonly name: string
  readonly everyMs: number
  /** Everything the source says now. Throws SourceFault or, for a file that has to be changed, ConfigError. */
  read(stopping: AbortSignal): Promise<readonly Quote[]>
  /** Whether the configuration says that the source knows it; undefined where only what it said tells. */
  isMapped?(assetId: string, currency: string): boolean
  close?(): Promise<void>
}
