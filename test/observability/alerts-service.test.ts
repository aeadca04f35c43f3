import { describeSituations } from './rig/describe-situations.ts'
import { writeEventKey } from './rig/everything.ts'
import { AVAILABILITY } from './situations/availability.ts'
import { EVERY_CHECKER } from './situations/every-checker.ts'
import { IDENTITIES } from './situations/identities.ts'

const situations = { ...AVAILABILITY, ...IDENTITIES, ...EVERY_CHECKER }
describeSituations('an alert that every service has', situations, { services: [], prepare: writeEventKey })
