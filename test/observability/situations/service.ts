import type { Situations } from '../rig/situation.ts'
import { AVAILABILITY } from './availability.ts'
import { EVERY_CHECKER } from './every-checker.ts'
import { IDENTITIES } from './identities.ts'
import { RESOURCES } from './resources.ts'

/** Of deploy/prometheus/alerts.yaml: what holds for every service. */
export const SERVICE_SITUATIONS: Situations = { ...AVAILABILITY, ...RESOURCES, ...IDENTITIES, ...EVERY_CHECKER }
