const DAY_MS = 86_400_000

/** A verifier whose clock is behind still accepts a certificate that was made this minute. */
const BACKDATE_MS = 60 * 60_000
export const LEAF_DAYS_DEFAULT = 365
/**
 * A lost key is trusted no longer than this. The 398 days of browsers do not bind here: the client is a Co-signer that was given the
 * certificate by hand; 825 days is what public authorities themselves held to before (CA/Browser Forum ballot 193).
 */
export const LEAF_DAYS_MAX = 825
/** A new Root-CA means an approval by the owner of the workspace at every API user; ten years keeps that rare. */
const ROOT_DAYS = 3_650
/** An approval in the workspace takes days; a month before the end, or a third of a short life, leaves time for it. */
const RENEW_BEFORE_DAYS = 30

/** Both ends belong to it (RFC 5280 section 4.1.2.5); whole seconds. */
export interface CertificateLife {
  readonly notBefore: Date
  readonly notAfter: Date
}

/** `days` from `nowMs`, with the start an hour back. */
export function leafLife(nowMs: number, days: number): CertificateLife {
  return life(nowMs, days)
}

export function rootLife(nowMs: number): CertificateLife {
  return life(nowMs, ROOT_DAYS)
}

/** When to renew, at the latest. */
export function renewFrom({ notBefore, notAfter }: CertificateLife): Date {
  const third = (notAfter.getTime() - notBefore.getTime()) / 3
  return new Date(notAfter.getTime() - Math.min(RENEW_BEFORE_DAYS * DAY_MS, third))
}

function life(nowMs: number, days: number): CertificateLife {
  const second = Math.floor(nowMs / 1_000) * 1_000
  return { notBefore: new Date(second - BACKDATE_MS), notAfter: new Date(second + days * DAY_MS) }
}
