/** `ENOENT`, `UND_ERR_SOCKET` and the like: what a message may say of an error whose text could hold anything. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no error code'
