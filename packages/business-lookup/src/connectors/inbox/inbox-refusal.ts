import type { UnreadablePush } from './push.ts'

export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422

/** What a producer must change. `message` says what was expected and holds nothing that was sent; `field` is where. */
export class InboxRefusal extends Error {
  override readonly name = 'InboxRefusal'
  readonly status: RefusalStatus
  readonly field?: string
  /** The push, when it got so far that it goes on record. */
  readonly unreadable?: UnreadablePush

  constructor(
    status: RefusalStatus,
    text: string,
    { field, unreadable }: { readonly field?: string; readonly unreadable?: UnreadablePush } = {},
  ) {
    super(text)
    this.status = status
    if (field !== undefined) this.field = field
    if (unreadable !== undefined) this.unreadable = unreadable
  }
}
