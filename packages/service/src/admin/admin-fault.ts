/** What an admin handler throws when the caller must change something: the status, with `{ error: message }` as the body. Nothing was done. */
export class AdminFault extends Error {
  override readonly name = 'AdminFault'
  readonly status: 400 | 403 | 404 | 409

  constructor(status: 400 | 403 | 404 | 409, text: string) {
    super(text)
    this.status = status
  }
}
