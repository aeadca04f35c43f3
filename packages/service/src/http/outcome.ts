import type { ProtocolFault, ProtocolFaultCode } from '@callback-quorum/protocol'
import type { Answer, VerifiedCallback } from './answer.ts'

/** Why a request body held no token that could be looked at. */
export const BODY_CAUSES = [
  'body_too_large',
  'body_too_slow',
  'body_encoding',
  'body_type',
  'form_invalid',
  'field_missing',
  'field_twice',
  'field_blank',
] as const
export type BodyCause = (typeof BODY_CAUSES)[number]

/** Why a Co-signer's request that may be genuine stands for none of the API users that may ask there. */
export const SIGNER_CAUSES = ['signer_unknown', 'signer_elsewhere', 'signer_missing'] as const
export type SignerCause = (typeof SIGNER_CAUSES)[number]

export type UnverifiableCause = BodyCause | ProtocolFaultCode | SignerCause

/** How one request to a check path ends. `wire-answers.ts` says what of it goes on the wire. */
export type Outcome =
  | { readonly result: 'gone' }
  | { readonly result: 'turned_away' }
  /** `owner`: whose key signed it all the same. */
  | {
      readonly result: 'unverifiable'
      readonly cause: UnverifiableCause
      readonly text: string
      readonly owner?: string
    }
  | { readonly result: 'unidentified' }
  | { readonly result: 'ping'; readonly requestId: string; readonly ready: boolean }
  | { readonly result: 'decided'; readonly callback: VerifiedCallback; readonly answer: Answer }
  | { readonly result: 'faulted'; readonly callback?: VerifiedCallback }

/** What a stranger is told about the body: a fixed sentence per cause. For tokens, the message of the ProtocolFault is that sentence. */
const BODY_TEXTS: Readonly<Record<BodyCause, string>> = {
  body_too_large: 'the body is larger than this server accepts',
  body_too_slow: 'the body did not arrive in time',
  body_encoding: 'the body must not be compressed',
  body_type: 'the body must be an urlencoded form',
  form_invalid: 'the form cannot be read',
  field_missing: 'the form has no token',
  field_twice: 'the form has more than one token',
  field_blank: 'the token is blank',
}

/** For the log alone: a Co-signer that is not known is told nothing. */
const SIGNER_TEXTS: Readonly<Record<SignerCause, string>> = {
  signer_unknown: 'the API user is none of this caller',
  signer_elsewhere: 'the API user is asked for at another path',
  signer_missing: 'no API user is named, and there is not exactly one',
}

type Unverifiable = Extract<Outcome, { result: 'unverifiable' }>

export const bodyRefused = (cause: BodyCause): Unverifiable => ({
  result: 'unverifiable',
  cause,
  text: BODY_TEXTS[cause],
})

export const signerRefused = (cause: SignerCause, owner: string | undefined): Unverifiable => ({
  result: 'unverifiable',
  cause,
  text: SIGNER_TEXTS[cause],
  ...(owner !== undefined && { owner }),
})

export const tokenRefused = ({ code, message, owner }: ProtocolFault): Unverifiable => ({
  result: 'unverifiable',
  cause: code,
  text: message,
  ...(owner !== undefined && { owner }),
})
