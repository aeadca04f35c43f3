import { z } from 'zod'
import { expecting } from './expecting.ts'
import { filePath } from './names.ts'

/** `http` and `https` alone; user and password would stand in a file that is no secret. */
const collectorUrl = z
  .string({ error: expecting('the http(s) URL of a collector, without a user', 'http://127.0.0.1:4318/v1/traces') })
  .refine((text) => {
    const url = URL.parse(text)
    return (
      url !== null &&
      (url.protocol === 'http:' || url.protocol === 'https:') &&
      url.username === '' &&
      url.password === '' &&
      url.hash === ''
    )
  })

/** Where traces go, and of how many requests. Absent: nowhere, and no code for it is loaded. */
export const tracingBlock = z.strictObject({
  otlp: collectorUrl,
  /** A share and no amount: which requests are traced decides nothing, so that a binary fraction does. */
  ratio: z
    .number({ error: expecting('a share of the requests from 0 to 1', '0.1') })
    .min(0)
    .max(1),
  plaintext: z.literal('acknowledged', { error: expecting('the word acknowledged, or this line left out') }).optional(),
  /** Trusted instead of the public authorities. */
  tls: z.strictObject({ ca: filePath }).optional(),
  /** A file with one bearer token. */
  bearer: filePath.optional(),
  /** Whether a verified request may name the trace that it belongs to. Absent: in a checker yes, in a gateway no. */
  accept_parent: z.boolean({ error: expecting('true or false') }).optional(),
})

export type TracingConfig = z.output<typeof tracingBlock>
