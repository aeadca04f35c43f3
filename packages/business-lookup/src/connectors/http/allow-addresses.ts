import { addressRange, expecting } from '@callback-quorum/service'
import { z } from 'zod'

/** A name that stands for more networks than this is a mistake in the ranges. */
const RANGES_MAX = 64

/** Where a host may be. There is no default: internal systems are at private addresses, and only the operator knows which. */
export const allowAddresses = z
  .array(addressRange)
  .min(1, { error: expecting('at least one address range', '[10.20.0.0/16]') })
  .max(RANGES_MAX)
