import { describeSituations } from './rig/describe-situations.ts'
import { writeEventKey } from './rig/everything.ts'
import { SANCTIONS_SITUATIONS } from './situations/sanctions.ts'

describeSituations('an alert of sanctions', SANCTIONS_SITUATIONS, { services: [], prepare: writeEventKey })
