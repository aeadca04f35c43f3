/** A table padded with spaces; the last column may be long and is not padded. Cells are plain text: colour comes after, by `paint`. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly paint?: (text: string, row: Row) => string
  /** Longer cells are wrapped at spaces onto further lines of the same row. */
  readonly widthMax?: number
}

/** A cell without a limit of its own is still not allowed to fill a terminal many times over. */
const WIDTH_MAX = 200

export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const wrapped = rows.map((row) => columns.map((column) => wrap(column.cell(row), column.widthMax ?? WIDTH_MAX)))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...wrapped.flatMap((cells) => (cells[index] ?? []).map((line) => line.length))),
  )
  const line = (cells: readonly string[], paint: (text: string, index: number) => string): string =>
    cells
      .map((cell, index) => paint(cell.padEnd(widths[index] ?? 0), index))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  const body = rows.flatMap((row, rowIndex) => {
    const cells = wrapped[rowIndex] ?? []
    const height = Math.max(...cells.map((lines) => lines.length))
    return Array.from({ length: height }, (_, at) =>
      line(
        cells.map((lines) => lines[at] ?? ''),
        (text, index) => columns[index]?.paint?.(text, row) ?? text,
      ),
    )
  })
  const titles = columns.map(({ title }) => title)
  return [line(titles, (text) => text), rule, ...body, ''].join('\n')
}

function wrap(text: string, widthMax: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > widthMax) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current]
}
