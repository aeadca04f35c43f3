import { visible } from './visible.ts'

/** Text of one line, shown so that all of it is seen; `paint` adds colour after the width is known. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

export interface TableRow {
  readonly cells: readonly Cell[]
  /** Lines below the row, wrapped to the width of the page. */
  readonly notes?: readonly Cell[]
}

export interface TableOptions {
  /** Where notes are wrapped. Rows themselves are never cut. */
  readonly width: number
  readonly paintTitle?: (text: string) => string
}

const GAP = '  '
const NOTE_INDENT = '    '
/** A narrower page would break most words. */
const NOTE_WIDTH_MIN = 30

/** Columns padded to their widest cell, two spaces between them, nothing behind the last. Ends with a newline. */
export function renderTable(columns: readonly Column[], rows: readonly TableRow[], options: TableOptions): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(visible(title).length, ...rows.map(({ cells }) => visible(cells[index]?.text ?? '').length)),
  )
  const line = (cells: readonly Cell[]): string =>
    columns
      .map(({ align }, index) => {
        const { text: written, paint } = cells[index] ?? { text: '' }
        const seen = visible(written)
        const padding = ' '.repeat((widths[index] ?? 0) - seen.length)
        const text = paint?.(seen) ?? seen
        if (align === 'right') return `${padding}${text}`
        return index === columns.length - 1 ? text : `${text}${padding}`
      })
      .join(GAP)
      .trimEnd()
  const title = line(
    columns.map((column) => ({ text: column.title, ...(options.paintTitle && { paint: options.paintTitle }) })),
  )
  const body = rows.flatMap(({ cells, notes = [] }) => [
    line(cells),
    ...notes.flatMap((note) => noteLines(note, options.width)),
  ])
  return [title, ...body, ''].join('\n')
}

function noteLines({ text, paint }: Cell, width: number): readonly string[] {
  const room = Math.max(width - NOTE_INDENT.length, NOTE_WIDTH_MIN)
  return wrap(text, room).map((part) => `${NOTE_INDENT}${paint?.(visible(part)) ?? visible(part)}`)
}

/** Breaks at spaces; a word longer than the line keeps a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
