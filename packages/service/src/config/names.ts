import { z } from 'zod'
import { expecting } from './expecting.ts'

/** A name becomes a metrics label, a part of keys and of messages: lower case, so that two names never differ by case only. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/
const ORGANISATION = /^[A-Za-z0-9_-]{1,128}$/

export const nameText = z
  .string({ error: expecting('a name of a-z, 0-9 and -, up to 63 long', 'node-eu-1') })
  .regex(NAME)

/** No colon: it separates the parts of a business key. */
export const organisationText = z
  .string({ error: expecting('letters, digits, _ and -, up to 128 long', 'acme') })
  .regex(ORGANISATION)

/** Relative to the directory of the configuration file; resolved by who opens it. */
export const filePath = z
  .string({ error: expecting('a path relative to this file', 'keys/gateway.pem') })
  .regex(/^[^\0]+$/)
