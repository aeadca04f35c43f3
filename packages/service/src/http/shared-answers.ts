import { COBO_STATUS, type CoboDialect } from '@callback-quorum/protocol'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { Outcome } from './outcome.ts'
import type { SignReply } from './sign-reply.ts'

/**
 * Answers to requests that nobody is known to have sent: one signature per cause, dialect and period, however many ask. They
 * hold nothing of the request, so one answer is everyone's answer.
 */
export interface SharedAnswers {
  unverifiable(outcome: Extract<Outcome, { result: 'unverifiable' }>, dialect: CoboDialect): Promise<string>
}

interface Shared {
  readonly signedAtMs: number
  readonly token: Promise<string>
}

export function createSharedAnswers(sign: SignReply, clock: Clock, log: Logger, periodMs: number): SharedAnswers {
  const answers = new Map<string, Shared>()
  return {
    unverifiable({ cause, text }, dialect) {
      const key = `${dialect} ${cause}`
      const nowMs = clock.nowMs()
      const known = answers.get(key)
      // Also anew when the clock was set back, or the answer could outlive its expiry.
      if (known !== undefined && nowMs >= known.signedAtMs && nowMs - known.signedAtMs < periodMs) return known.token
      log.warn({ dialect, cause }, 'unverifiable request; others of this kind are only counted for a moment')
      const token = sign({ status: COBO_STATUS.invalidToken, request_id: '', error: text }, false)
      const answer: Shared = { signedAtMs: nowMs, token }
      answers.set(key, answer)
      token.catch(() => {
        if (answers.get(key) === answer) answers.delete(key)
      })
      return token
    },
  }
}
