export { type Clock, systemClock } from '../clock.ts'
export { ServiceFault, type ServiceFaultCode } from '../faults.ts'
export { exitCodeOf } from './exit-code.ts'
export { runUntilSignal, type SignalSource, type Stoppable } from './run-until-signal.ts'
