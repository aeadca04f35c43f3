import { ServiceFault } from '../../faults.ts'

/** The embedded server cannot be had; the message says what an operator can do about it. */
export function embeddedFault(message: string, detail?: string): ServiceFault {
  return new ServiceFault('ERR_SERVICE_DATABASE_EMBEDDED', message, detail === undefined ? {} : { detail })
}
