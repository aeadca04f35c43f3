import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { z } from 'zod'
import { type Environment, readYaml } from './yaml-document.ts'
import { type ConfigPath, formatPath } from './problem.ts'

/** As much of a configuration as can be read, for whoever explains what is wrong with it. Never a basis for deciding. */
export interface ConfigBlocks<T> {
  /** The top-level blocks that hold by themselves. */
  readonly value: Partial<T>
  /** `file:line:column path` of a member, or of what stands nearest around it. */
  placeOf(path: ConfigPath): string
}

/** Reads the blocks of a file that need not hold as a whole; of a file that cannot be read, none. Never throws for what stands in it. */
export async function readConfigBlocks<S extends z.ZodObject>(
  path: string,
  schema: S,
  env: Environment,
): Promise<ConfigBlocks<z.output<S>>> {
  const document = readYaml(await readFile(path, 'utf8').catch(() => ''), env)
  const told = new Set(document.problems.map(({ problem }) => String(problem.path[0])))
  const { content } = document
  const written = typeof content === 'object' && content !== null && !Array.isArray(content) ? content : {}
  const blocks = Object.entries(schema.shape).flatMap(([name, block]) => {
    if (told.has(name)) return []
    const member: unknown = Object.hasOwn(written, name) ? Reflect.get(written, name) : undefined
    const parsed = (block as z.ZodType).safeParse(member)
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data] as const] : []
  })
  return {
    value: Object.fromEntries(blocks) as Partial<z.output<S>>,
    placeOf: (member) => {
      const { line, column } = document.positionOf({ path: member })
      return `${resolve(path)}:${line}:${column} ${formatPath(member)}`
    },
  }
}
