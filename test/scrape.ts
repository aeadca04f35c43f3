/** One line of what Prometheus reads, without the prefix of the project. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What a service says now. */
export interface Scrape {
  readonly samples: readonly Sample[]
  /** The samples of a name that carry these labels. */
  all(name: string, labels?: Readonly<Record<string, string>>): readonly Sample[]
  /** Of the only such sample; undefined where there is none. Throws where there are several. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

const PREFIX = 'callback_quorum_'
const LINE = /^(?<name>[a-z0-9_]+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/
const LABEL = /(?<label>[a-z_]+)="(?<text>(?:[^"\\]|\\.)*)"/g

/** Fetches and reads the metrics of a listener: its `metricsUrl`. */
export async function scrape(metricsUrl: string | undefined): Promise<Scrape> {
  const response = await fetch(`${metricsUrl ?? ''}/metrics`)
  if (response.status !== 200) throw new Error(`the scrape was answered ${String(response.status)}`)
  const samples = (await response.text())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(sampleOf)
  const all: Scrape['all'] = (name, labels = {}) =>
    samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    )
  return {
    samples,
    all,
    value: (name, labels) => {
      const [found, ...others] = all(name, labels)
      if (others.length > 0) throw new Error(`several samples of ${name}: ${JSON.stringify([found, ...others])}`)
      return found?.value
    },
  }
}

function sampleOf(line: string): Sample {
  const { name, labels = '', value = '' } = LINE.exec(line)?.groups ?? {}
  if (name?.startsWith(PREFIX) !== true) throw new Error(`no sample of ours: ${line}`)
  const pairs = [...labels.matchAll(LABEL)].map(({ groups }) => [groups?.['label'] ?? '', groups?.['text'] ?? ''])
  const special: Readonly<Record<string, number>> = { '+Inf': Infinity, '-Inf': -Infinity, Nan: NaN, NaN }
  return {
    name: name.slice(PREFIX.length),
    labels: Object.fromEntries(pairs) as Record<string, string>,
    value: special[value] ?? Number(value),
  }
}
