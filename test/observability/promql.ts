import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** One selector of a query: the series and the labels it is matched by. */
export interface Selected {
  readonly name: string
  readonly labels: readonly string[]
}

/** Labels that a query groups or joins by, with the series they are taken from. */
export interface Grouped {
  readonly labels: readonly string[]
  readonly of: readonly string[]
}

export interface ParsedQuery {
  /** Where the parser could not go on; empty for a query that Prometheus takes. */
  readonly errors: readonly string[]
  readonly selected: readonly Selected[]
  readonly grouped: readonly Grouped[]
  /** Labels that `label_replace` makes. */
  readonly made: readonly string[]
  /** Labels that the result can have; undefined: those of its series. */
  readonly result: readonly string[] | undefined
}

/** What Grafana puts in place of its variables before Prometheus sees a query. */
export const substituteVariables = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__interval', '1m')
    .replaceAll('$__range', '6h')
    .replaceAll(/\$(service|instance)\b/g, '.+')

export function parseQuery(expr: string): ParsedQuery {
  const text = (node: SyntaxNode): string => expr.slice(node.from, node.to)
  const below = (node: SyntaxNode, name: string): SyntaxNode[] => {
    const found: SyntaxNode[] = []
    node.cursor().iterate((cursor) => {
      if (cursor.name === name) found.push(cursor.node)
    })
    return found
  }
  const { topNode } = parser.parse(expr)
  const errors: string[] = []
  topNode.cursor().iterate((cursor) => {
    if (cursor.type.isError) errors.push(`at ${cursor.from}: ${expr.slice(cursor.from, cursor.from + 20)}`)
  })
  const seriesIn = (node: SyntaxNode): Selected[] =>
    below(node, 'VectorSelector').map((selector) => {
      const name = selector.getChild('Identifier')
      return {
        name: name === null ? '' : text(name),
        labels: below(selector, 'LabelName').map(text),
      }
    })
  const groups = below(topNode, 'GroupingLabels')
  const grouped = groups.map((group) => ({
    labels: below(group, 'LabelName').map(text),
    of: seriesIn(enclosing(group)).map(({ name }) => name),
  }))
  const made = below(topNode, 'FunctionCall')
    .filter((call) => call.getChild('FunctionIdentifier') !== null && text(call).startsWith('label_replace'))
    .map((call) => text(below(call, 'StringLiteral').filter((literal) => isArgumentOf(literal, call))[0]!).slice(1, -1))
  const isAggregated = groups.some((group) => group.parent?.name === 'AggregateModifier')
  return {
    errors,
    selected: seriesIn(topNode),
    grouped,
    made,
    result: isAggregated ? grouped.flatMap(({ labels }) => labels) : undefined,
  }
}

/** The aggregation or operation that a list of labels belongs to. */
function enclosing(node: SyntaxNode): SyntaxNode {
  let at = node
  while (at.parent !== null && at.name !== 'AggregateExpr' && at.name !== 'BinaryExpr') at = at.parent
  return at
}

/** Not a literal of a matcher within the call's arguments. */
function isArgumentOf(literal: SyntaxNode, call: SyntaxNode): boolean {
  for (let at = literal.parent; at !== null && at.from >= call.from; at = at.parent) {
    if (at.name === 'LabelMatchers') return false
    if (at.name === 'FunctionCall') return at.from === call.from && at.to === call.to
  }
  return false
}
