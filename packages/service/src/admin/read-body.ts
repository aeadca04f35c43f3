import type { z } from 'zod'
import { formatPath } from '../config/problem.ts'
import { parseWithSchema } from '../config/schema-problems.ts'
import { AdminFault } from './admin-fault.ts'
import type { AdminCall } from './admin-server.ts'

/** The body as the schema reads it. Throws AdminFault 400 with one line for each thing wrong, member first; no line holds a value. */
export function readBody<S extends z.ZodType>(schema: S, call: Pick<AdminCall, 'body'>): z.output<S> {
  const result = parseWithSchema(schema, call.body)
  if ('value' in result) return result.value
  const lines = result.problems.map(({ path, problem, expected }) => {
    const member = path.length === 0 ? 'the body' : formatPath(path)
    return `${member}: ${problem}${expected === undefined ? '' : `; expected ${expected}`}`
  })
  throw new AdminFault(400, lines.join('\n'))
}
