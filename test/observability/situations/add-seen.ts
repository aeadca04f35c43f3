import type { LiveService } from '../rig/live-service.ts'
import type { Observed, Variant } from '../rig/observe.ts'
import { seenUp } from './availability.ts'

/** Starts one more service and waits until Prometheus has seen it: an increase needs a value before it. */
export async function addSeen(o: Observed, variant: Variant): Promise<LiveService> {
  const service = await o.add(variant)
  await seenUp(o, service)
  return service
}
