import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const KEY_BYTES = 32
const VISITOR = /^[A-Za-z0-9_-]{43}$/

/** Ties a form to the browser it was sent to: only a page of ours can hold the token that belongs to the browser's cookie. */
export interface FormTokens {
  /** A new value for the cookie. */
  createVisitor(): string
  isVisitor(text: string | undefined): text is string
  tokenOf(visitor: string): string
  matches(visitor: string | undefined, token: string): boolean
}

/** With a key that lives as long as this process: forms from before a restart have to be loaded again. */
export function createFormTokens(): FormTokens {
  const key = randomBytes(KEY_BYTES)
  const tokenOf = (visitor: string): string => createHmac('sha256', key).update(visitor).digest('base64url')
  const isVisitor = (text: string | undefined): text is string => text !== undefined && VISITOR.test(text)
  return {
    createVisitor: () => randomBytes(KEY_BYTES).toString('base64url'),
    isVisitor,
    tokenOf,
    matches: (visitor, token) => {
      if (!isVisitor(visitor)) return false
      const expected = Buffer.from(tokenOf(visitor))
      const found = Buffer.from(token)
      return expected.length === found.length && timingSafeEqual(expected, found)
    },
  }
}
