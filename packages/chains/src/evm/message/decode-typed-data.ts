import { unsupported } from '../../faults.ts'
import type { Decoded } from '../../transaction/decoded.ts'
export function decodeTypedData(_structured: unknown): Decoded {
  throw unsupported('typed data')
}
