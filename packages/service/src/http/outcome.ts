import type { ProtocolFaultCode } from '@callback-quorum/protocol'
import type { Answer, VerifiedCallback } from './answer.ts'

/** Why a request body held no token that could be looked at. */
export type BodyCause =
  | 'body_too_large'
  | 'body_too_slow'
  | 'body_encoding'
  | 'body_type'
  | 'form_invalid'
  | 'field_missing'
  | 'field_twice'
  | 'field_blank'

export type UnverifiableCause = BodyCause | ProtocolFaultCode

/** How one request to a check path ends. `wire-answers.ts` says what of it goes on the wire. */
export type Outcome =
  | { readonly result: 'gone' }
  | { readonly result: 'turned_away' }
  | { readonly result: 'unverifiable'; readonly cause: UnverifiableCause; readonly text: string }
  | { readonly result: 'unidentified' }
  | { readonly result: 'ping'; readonly requestId: string; readonly ready: boolean }
  | { readonly result: 'decided'; readonly callback: VerifiedCallback; readonly answer: Answer }
  | { readonly result: 'faulted'; readonly callback?: VerifiedCallback }

/** What a stranger is told about the body: a fixed sentence per cause. For tokens, the message of the ProtocolFault is that sentence. */
export const BODY_TEXTS: Readonly<Record<BodyCause, string>> = {
  body_too_large: 'the body is larger than this server accepts',
  body_too_slow: 'the body did not arrive in time',
  body_encoding: 'the body must not be compressed',
  body_type: 'the body must be an urlencoded form',
  form_invalid: 'the form cannot be read',
  field_missing: 'the form has no token',
  field_twice: 'the form has more than one token',
  field_blank: 'the token is blank',
}
