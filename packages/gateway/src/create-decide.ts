import type { Answer, VerifiedCallback } from '@callback-quorum/service'
import { decide } from './decide.ts'
import type { Deciding } from './deciding.ts'
import { SingleFlight } from './single-flight.ts'

/** Decides each question; the same one that comes again while it is being decided shares the answer. */
export function createDecide(deciding: Deciding): (callback: VerifiedCallback) => Promise<Answer> {
  const flights = new SingleFlight<Answer>()
  return (callback) => {
    const { callerId, dialect, kind, requestId, digest } = callback
    return flights.run(JSON.stringify([callerId, dialect, kind, requestId, digest]), () => decide(deciding, callback))
  }
}
