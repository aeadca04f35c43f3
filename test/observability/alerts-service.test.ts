import { describeSituations } from './rig/describe-situations.ts'
import { writeEventKey } from './rig/everything.ts'
import { SERVICE_SITUATIONS } from './situations/service.ts'

describeSituations('an alert that every service has', SERVICE_SITUATIONS, { services: [], prepare: writeEventKey })
