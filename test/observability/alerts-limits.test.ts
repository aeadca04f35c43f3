import { describeSituations } from './rig/describe-situations.ts'
import { writeEventKey } from './rig/everything.ts'
import { LIMITS_SITUATIONS } from './situations/limits.ts'

describeSituations('an alert of limits', LIMITS_SITUATIONS, { services: [], prepare: writeEventKey })
