/** One instruction, with its continued lines joined. */
export interface Instruction {
  readonly keyword: string
  readonly text: string
}

export interface Stage {
  readonly name: string
  readonly from: string
  readonly instructions: readonly Instruction[]
}

/** The stages of a Dockerfile in order. Knows what ours uses: no heredocs, no escape directive, no ARG before the first FROM. */
export function dockerfileStages(text: string): readonly Stage[] {
  const joined = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
  const stages: (Stage & { readonly instructions: Instruction[] })[] = []
  for (const line of joined.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (keyword === '') throw new Error(`not an instruction: ${line}`)
    if (keyword === 'FROM') {
      const [, from = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []
      stages.push({ name, from, instructions: [] })
    } else stages.at(-1)?.instructions.push({ keyword, text: rest })
  }
  return stages
}

/** Whether a path of the build context is sent, by the patterns of a .dockerignore: the last one that matches it or a folder above it decides. */
export function isInContext(path: string, patterns: readonly string[]): boolean {
  const steps = path.split('/')
  const prefixes = steps.map((_, index) => steps.slice(0, index + 1).join('/'))
  let isSent = true
  for (const pattern of patterns) {
    const isException = pattern.startsWith('!')
    const expression = expressionOf(isException ? pattern.slice(1) : pattern)
    if (prefixes.some((prefix) => expression.test(prefix))) isSent = isException
  }
  return isSent
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?')
  return new RegExp(`^${source}$`)
}
