import { describeSituations } from './rig/describe-situations.ts'
import { GATEWAY_SITUATIONS } from './situations/gateway.ts'

describeSituations('an alert of the gateway', GATEWAY_SITUATIONS, { services: ['integrity'] })
