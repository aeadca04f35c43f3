import { describeSituations } from './rig/describe-situations.ts'
import { writeEventKey } from './rig/everything.ts'
import { INTEGRITY_SITUATIONS } from './situations/integrity.ts'

describeSituations('an alert of integrity', INTEGRITY_SITUATIONS, { services: [], prepare: writeEventKey })
