import { describeSituations } from './rig/describe-situations.ts'
import { writeEventKey } from './rig/everything.ts'
import { BUSINESS_LOOKUP_SITUATIONS } from './situations/business-lookup.ts'

describeSituations('an alert of business-lookup', BUSINESS_LOOKUP_SITUATIONS, { services: [], prepare: writeEventKey })
