/** One line of a scrape. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What a metrics listener answered, read. */
export interface Exposition {
  readonly samples: readonly Sample[]
  /** Every metric that was declared, also those that have no series yet. */
  readonly declared: ReadonlySet<string>
}

/** The text is no exposition; the message says at which line. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError'
  readonly code = 'ERR_CLI_EXPOSITION'
}

/** Our services have some hundred; whoever gives more is no service of ours. */
const SAMPLES_MAX = 100_000

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y
/** The value, a time in milliseconds or seconds, and an exemplar, which OpenMetrics puts behind a hash. */
const REST = /^ (\S+)(?: (-?[0-9.eE+]+))?(?: # \{.*\} \S+(?: [0-9.eE+-]+)?)?$/
const COMMENT = /^# (?:(?:HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: .*)?|EOF)$/

/**
 * Reads Prometheus' text format 0.0.4 and OpenMetrics 1.0 as prom-client writes them. Strict: what is not understood is an error and never
 * a missing series. Throws ExpositionError.
 */
export function parseExposition(text: string): Exposition {
  const samples: Sample[] = []
  const declared = new Set<string>()
  for (const [index, line] of text.split('\n').entries()) {
    const fail = (what: string): never => {
      throw new ExpositionError(`line ${index + 1}: ${what}`)
    }
    if (line === '') continue
    if (line.startsWith('#')) {
      const [whole, name] = COMMENT.exec(line) ?? []
      if (whole === undefined) fail('is a comment that says nothing known')
      if (name !== undefined) declared.add(name)
      continue
    }
    samples.push(parseSample(line, fail))
    if (samples.length > SAMPLES_MAX) fail(`is one of more than ${SAMPLES_MAX} series`)
  }
  return { samples, declared }
}

type Fail = (what: string) => never

function parseSample(line: string, fail: Fail): Sample {
  const name = matchAt(NAME, line, 0) ?? fail('begins with no name of a metric')
  const { labels, end } =
    line[name.length] === '{' ? parseLabels(line, name.length + 1, fail) : { labels: {}, end: name.length }
  const [, written = ''] = REST.exec(line.slice(end)) ?? fail('has no value behind its name')
  return { name, labels, value: parseValue(written) ?? fail('has a value that is no number') }
}

function parseLabels(line: string, start: number, fail: Fail): { labels: Record<string, string>; end: number } {
  const labels: Record<string, string> = {}
  let at = start
  while (line[at] !== '}') {
    const name = matchAt(LABEL, line, at) ?? fail('has a label without a name')
    if (Object.hasOwn(labels, name)) fail(`has the label ${name} twice`)
    at += name.length
    if (line.slice(at, at + 2) !== '="') fail(`has no value of the label ${name}`)
    const { text, end } = parseQuoted(line, at + 2, fail)
    labels[name] = text
    at = end
    if (line[at] === ',') at += 1
    else if (line[at] !== '}') fail('has labels that do not end')
  }
  return { labels, end: at + 1 }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n' }

function parseQuoted(line: string, start: number, fail: Fail): { text: string; end: number } {
  let text = ''
  for (let at = start; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (character === '"') return { text, end: at + 1 }
    if (character === '\\') {
      at += 1
      text += ESCAPES[line[at] ?? ''] ?? fail('has an escape that is unknown')
    } else text += character
  }
  return fail('has a label whose value does not end')
}

function parseValue(written: string): number | undefined {
  if (written === 'NaN' || written === 'Nan') return Number.NaN
  if (written === '+Inf' || written === 'Inf') return Number.POSITIVE_INFINITY
  if (written === '-Inf') return Number.NEGATIVE_INFINITY
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(written) ? Number(written) : undefined
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
