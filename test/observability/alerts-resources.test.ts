import { describeSituations } from './rig/describe-situations.ts'
import { RESOURCES } from './situations/resources.ts'

// Apart from the rest: what is starved here would starve services beside it.
describeSituations('an alert of objectives and resources', RESOURCES, { services: [] })
