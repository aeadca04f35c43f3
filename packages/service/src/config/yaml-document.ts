import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml'
import type { ConfigValue } from './canonical-json.ts'
import { type Environment, substitute } from './environment.ts'
import type { ConfigPath, Problem } from './problem.ts'

export type { Environment } from './environment.ts'

export interface Position {
  readonly line: number
  readonly column: number
}

export interface YamlDocument {
  /** Undefined when the text is no YAML at all. */
  readonly content: ConfigValue | undefined
  readonly problems: readonly { readonly at: Position; readonly problem: Problem }[]
  /** Where the key or the value at a problem's path stands, or the nearest value around it that is written. */
  positionOf(problem: Pick<Problem, 'path' | 'isAboutKey'>): Position
}

/** Aliases save typing in rule files; more of them, or one within another many times over, is an attack on memory. */
const ALIASES_MAX = 50
/** Deeper than any configuration of this project, and shallow enough for recursion. */
const DEPTH_MAX = 32

const START: Position = { line: 1, column: 1 }

/** Reads one YAML 1.2 document (core schema) with string keys, each once, and puts environment variables into its string values. */
export function readYaml(text: string, env: Environment): YamlDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
  })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return line === 0 ? START : { line, column: col }
  }
  // A warning (an unknown tag, a directive) means that the text would be read otherwise than it was meant.
  const faults = upToLostTrack([...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]))
  if (faults.some(({ code }) => code !== 'DUPLICATE_KEY')) {
    const problems = faults.map((fault) => ({ at: at(fault.pos[0]), problem: syntaxProblem(fault, text) }))
    return { content: undefined, problems, positionOf: () => START }
  }
  const reader = new NodeReader(document, env)
  const content = reader.read(document.contents, [], 0)
  // The reader tells duplicate keys with their path; whatever the parser calls one beyond that is told as well.
  const others = faults.filter(({ pos }) => !reader.problems.some(({ offset }) => offset === pos[0]))
  return {
    content,
    problems: [
      ...others.map((fault) => ({ at: at(fault.pos[0]), problem: syntaxProblem(fault, text) })),
      ...reader.problems.map(({ offset, problem }) => ({ at: at(offset), problem })),
    ],
    positionOf: ({ path, isAboutKey }) => at(isAboutKey ? reader.keyOffsetOf(path) : reader.offsetOf(path)),
  }
}

/** After an unexpected token the parser has lost track, and what it says about the rest of the file is noise. */
function upToLostTrack(faults: readonly YAMLError[]): readonly YAMLError[] {
  const lost = faults.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN')
  return lost === -1 ? faults : faults.slice(0, lost + 1)
}

/** The parser's message up to its first colon: what follows may quote the file. */
function syntaxProblem(fault: YAMLError, text: string): Problem {
  const [message = ''] = fault.message.split(':')
  const problem = `is not valid YAML (${message.replace(/[.\s]+$/, '')})`
  // Within { } and [ ] the brace of a reference is YAML's own.
  const isReference = text.startsWith('${', fault.pos[0] - 1)
  return {
    path: [],
    problem,
    ...(isReference ? { expected: 'quotes around a value with ${', example: '"${NAME}"' } : {}),
  }
}

/** Turns nodes into plain values and remembers where each of them stands. */
class NodeReader {
  readonly problems: { readonly offset: number; readonly problem: Problem }[] = []
  readonly #offsets = new Map<string, number>()
  readonly #keyOffsets = new Map<string, number>()
  readonly #document: Document.Parsed
  readonly #env: Environment
  #aliases = 0

  constructor(document: Document.Parsed, env: Environment) {
    this.#document = document
    this.#env = env
  }

  offsetOf(path: ConfigPath): number {
    const offset = this.#offsets.get(keyOf(path))
    return offset ?? (path.length === 0 ? 0 : this.offsetOf(path.slice(0, -1)))
  }

  keyOffsetOf(path: ConfigPath): number {
    return this.#keyOffsets.get(keyOf(path)) ?? this.offsetOf(path)
  }

  read(node: unknown, path: ConfigPath, depth: number): ConfigValue {
    const offset = this.#remember(node, path)
    if (depth > DEPTH_MAX) return this.#refuse(offset, path, `is nested deeper than ${DEPTH_MAX} levels`)
    if (isAlias(node)) {
      this.#aliases += 1
      if (this.#aliases === ALIASES_MAX + 1)
        this.#refuse(offset, path, `is one alias too many, more than ${ALIASES_MAX}`)
      if (this.#aliases > ALIASES_MAX) return null
      const target = node.resolve(this.#document)
      if (target === undefined) return this.#refuse(offset, path, 'is an alias of nothing')
      const content = this.read(target, path, depth + 1)
      // Where it is used is where a reader looks first.
      this.#offsets.set(keyOf(path), offset)
      return content
    }
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], depth + 1))
    if (isMap(node)) {
      const members = new Map<string, ConfigValue>()
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : ''
        const memberPath = [...path, name]
        if (members.has(name)) this.#refuse(this.#remember(key, memberPath), memberPath, 'stands here a second time')
        members.set(name, this.#readMember(name, key, value, memberPath, depth))
      }
      return Object.fromEntries(members)
    }
    return isScalar(node) ? this.#readScalar(node.value, offset, path) : null
  }

  #readMember(name: string, key: unknown, value: unknown, path: ConfigPath, depth: number): ConfigValue {
    const offset = this.#remember(key, path)
    this.#keyOffsets.set(keyOf(path), offset)
    if (name === '__proto__') return this.#refuse(offset, path, 'is not a possible key')
    if (name.includes('${')) this.#refuse(offset, path, 'is a key with ${; only values take environment variables')
    const content = this.read(value, path, depth + 1)
    // A missing value has no place of its own, and a map or list is best found by its key.
    if (!isScalar(value) || value.value === null) this.#offsets.set(keyOf(path), offset)
    return content
  }

  #readScalar(value: unknown, offset: number, path: ConfigPath): ConfigValue {
    if (typeof value === 'string') {
      const { text, problems } = substitute(value, this.#env)
      for (const problem of problems) this.#refuse(offset, path, problem)
      return text
    }
    if (typeof value === 'number') {
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value
      return this.#refuse(offset, path, 'is a number that cannot be read exactly; expected it in quotes')
    }
    return typeof value === 'boolean' ? value : null
  }

  #remember(node: unknown, path: ConfigPath): number {
    const offset = hasRange(node) ? node.range[0] : this.offsetOf(path)
    this.#offsets.set(keyOf(path), offset)
    return offset
  }

  #refuse(offset: number, path: ConfigPath, problem: string): null {
    this.problems.push({ offset, problem: { path, problem } })
    return null
  }
}

function hasRange(node: unknown): node is Node & { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}

/** Not formatPath: a key may hold dots and brackets. */
function keyOf(path: ConfigPath): string {
  return JSON.stringify(path)
}
