import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** Of every series: the labels that it can have. */
export type Series = ReadonlyMap<string, readonly string[]>

/** What Grafana puts in place of its variables before Prometheus sees a query. */
export const substituteVariables = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '6h')
    .replaceAll(/\$(service|instance)\b/g, '.+')

/** Where the parser could not go on; empty for a query that Prometheus takes. */
export function syntaxErrors(expr: string): readonly string[] {
  const errors: string[] = []
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(`at ${from}: ${expr.slice(from, from + 20)}`)
    },
  })
  return errors
}

/** The series that a query reads. */
export const seriesIn = (expr: string): readonly string[] =>
  below(parser.parse(expr).topNode, 'VectorSelector').map((selector) => nameOf(selector, expr))

export interface Labels {
  /** That the result can have. */
  readonly result: readonly string[]
  /** Labels that are matched, grouped or joined by where there can be none of that name. */
  readonly strange: readonly string[]
}

/** Follows labels through a query from its series to its result, as Prometheus does. */
export function labelsOf(expr: string, series: Series): Labels {
  const strange: string[] = []
  const text = (node: SyntaxNode): string => expr.slice(node.from, node.to)
  const namesIn = (node: SyntaxNode | null): string[] => (node === null ? [] : below(node, 'LabelName').map(text))

  const expect = (labels: readonly string[], among: readonly string[], what: string): void => {
    strange.push(...labels.filter((label) => !among.includes(label)).map((label) => `${what} has no label ${label}`))
  }

  const follow = (node: SyntaxNode): string[] => {
    switch (node.name) {
      case 'VectorSelector': {
        const name = nameOf(node, expr)
        const labels = series.get(name) ?? []
        expect(namesIn(node), labels, name)
        return [...labels]
      }
      case 'AggregateExpr':
        return aggregate(node)
      case 'BinaryExpr':
        return combine(node)
      case 'FunctionCall':
        return call(node)
      default:
        return children(node).flatMap(follow)
    }
  }

  const aggregate = (node: SyntaxNode): string[] => {
    const inner = children(node.getChild('FunctionCallBody')).flatMap(follow)
    const modifier = node.getChild('AggregateModifier')
    const named = namesIn(modifier)
    expect(named, inner, 'what is aggregated')
    // It chooses among series and leaves them as they are.
    if (/^(?:topk|bottomk)\b/.test(text(node))) return inner
    return modifier?.getChild('Without') ? inner.filter((label) => !named.includes(label)) : named
  }

  const combine = (node: SyntaxNode): string[] => {
    const clause = node.getChild('MatchingModifierClause')
    // Between them stand the operator, `bool` and the labels to match by.
    const [left = [], right = []] = [node.firstChild, node.lastChild].map((side) => (side === null ? [] : follow(side)))
    const [on = [], taken = []] = clause?.getChildren('GroupingLabels').map(namesIn) ?? []
    expect([...on, ...taken], [...left, ...right], 'what is combined')
    if (node.getChild('Or')) return [...left, ...right]
    if (node.getChild('And') ?? node.getChild('Unless')) return left
    if (clause?.getChild('GroupLeft')) return [...left, ...taken]
    if (clause?.getChild('GroupRight')) return [...right, ...taken]
    return clause?.getChild('On') ? on : [...left, ...right]
  }

  const call = (node: SyntaxNode): string[] => {
    const body = node.getChild('FunctionCallBody')
    const inner = children(body).flatMap(follow)
    const name = text(node.firstChild ?? node)
    if (name === 'histogram_quantile') return inner.filter((label) => label !== 'le')
    if (name !== 'label_replace') return inner
    const [made, , source] = body?.getChildren('StringLiteral').map((literal) => text(literal).slice(1, -1)) ?? []
    expect(source === undefined ? [] : [source], inner, 'what label_replace reads')
    return [...inner, ...(made === undefined ? [] : [made])]
  }

  return { result: follow(parser.parse(expr).topNode), strange }
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child)
  return found
}

function below(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  node.cursor().iterate((cursor) => {
    if (cursor.name === name) found.push(cursor.node)
  })
  return found
}

const nameOf = (selector: SyntaxNode, expr: string): string => {
  const name = selector.getChild('Identifier')
  return name === null ? '' : expr.slice(name.from, name.to)
}
