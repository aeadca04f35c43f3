import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { ConfigError } from './config-error.ts'
import { type Check, formatPath, formatProblem, type Problem } from './problem.ts'
import { parseWithSchema } from './schema-problems.ts'
import { assertStrictSchema } from './strict-schema.ts'
import { type Environment, readYaml } from './yaml-document.ts'

/** A configuration as it was read: parsed, checked and frozen. */
export interface ConfigFile<T> {
  readonly value: T
  /**
   * SHA-256, lower hex, of the canonical JSON of what is written in the file with its environment variables put in. Layout,
   * comments and the order of members do not change it; secrets are not in it, because secrets are files.
   */
  readonly digest: string
  /** Absolute. */
  readonly path: string
  /** What the paths written in the file are relative to. */
  readonly directory: string
}

/** Files are written by people; asset lists of thousands of entries are the largest. */
const BYTES_MAX = 4 * 1024 * 1024

/**
 * Reads a YAML file. Unknown and duplicate keys are refused, `${VAR}` is replaced inside values, `check` looks at members together.
 * Throws one ConfigError with all problems, each with its line and column.
 *
 * `schema` must consist of strict objects; a schema that would drop unknown keys is a bug and throws TypeError.
 */
export async function readConfigFile<S extends z.ZodType>(
  path: string,
  schema: S,
  env: Environment,
  check?: Check<z.output<S>>,
): Promise<ConfigFile<z.output<S>>> {
  return parseConfigText(await readText(path), path, schema, env, check)
}

/** The second step of readConfigFile, without a file: `fileName` is only for messages and for `directory`. */
export function parseConfigText<S extends z.ZodType>(
  text: string,
  fileName: string,
  schema: S,
  env: Environment,
  check?: Check<z.output<S>>,
): ConfigFile<z.output<S>> {
  assertStrictSchema(schema)
  const document = readYaml(text, env)
  const problems = [...document.problems]
  const add = (problem: Problem): void => {
    // What could not be read was told already; that it then fits no schema is no news.
    const isTold = document.problems.some((told) => formatPath(told.problem.path) === formatPath(problem.path))
    if (!isTold) problems.push({ at: document.positionOf(problem), problem })
  }
  const refuse = (): never => {
    const inOrder = problems.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
    throw new ConfigError(inOrder.map(({ at, problem }) => formatProblem(fileName, at, problem)))
  }
  if (document.content === undefined) return refuse()
  const result = parseWithSchema(schema, document.content)
  result.problems.forEach(add)
  if (!('value' in result)) return refuse()
  check?.(result.value).forEach(add)
  if (problems.length > 0) return refuse()
  const path = resolve(fileName)
  return {
    value: deepFreeze(result.value),
    digest: createHash('sha256').update(canonicalJson(document.content)).digest('hex'),
    path,
    directory: dirname(path),
  }
}

async function readText(path: string): Promise<string> {
  const refuse = (problem: string): ConfigError =>
    new ConfigError([
      formatProblem(path, { line: 1, column: 1 }, { path: [], problem, expected: 'a YAML file in UTF-8' }),
    ])
  const bytes = await readFile(path).catch((error: unknown) => {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw refuse(`cannot be read (${errno})`)
  })
  if (bytes.byteLength > BYTES_MAX) throw refuse(`is larger than ${BYTES_MAX} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse('is not valid UTF-8')
  }
}

/** Nothing changes a configuration after it was checked. Only plain objects and lists: a schema may make others. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
