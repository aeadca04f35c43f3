import type { Output, Terminal } from '../host.ts'

const ESCAPE = String.fromCharCode(27)
/** xterm's control sequences: the alternate screen keeps what was written before, and gives it back. */
const ENTER = `${ESCAPE}[?1049h${ESCAPE}[?25l`
const LEAVE = `${ESCAPE}[?25h${ESCAPE}[?1049l`
const HOME = `${ESCAPE}[H`
const REST_OF_LINE = `${ESCAPE}[K`
const REST_OF_SCREEN = `${ESCAPE}[J`

const CTRL_C = String.fromCharCode(3)
const KEYS_THAT_LEAVE = ['q', 'Q', CTRL_C]

/** The whole screen of a terminal, drawn again and again. */
export interface LiveView {
  /** Resolves when the person wants to leave. */
  readonly left: Promise<void>
  /** What stands on the screen now; drawn again when its size changes. */
  draw(lines: (columns: number) => readonly string[]): void
  /** Gives the screen and the cursor back. To be called in every case, and harmless twice. */
  close(): void
}

export function openLiveView(output: Output, terminal: Terminal): LiveView {
  const { promise: left, resolve: leave } = Promise.withResolvers<undefined>()
  let isOpen = true
  let content: (columns: number) => readonly string[] = () => []
  const paint = (): void => {
    if (!isOpen) return
    const { columns, rows } = terminal.size()
    const lines = content(columns)
    // The last row stays free: a character in the last column of it would scroll.
    const room = Math.max(1, rows - 1)
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), `(${lines.length - room + 1} more lines)`]
    output.write(`${HOME}${shown.map((line) => `${line}${REST_OF_LINE}\r\n`).join('')}${REST_OF_SCREEN}`)
  }
  const forget = [
    terminal.onKeys((keys) => {
      if ([...keys].some((key) => KEYS_THAT_LEAVE.includes(key))) leave(undefined)
    }),
    terminal.onResize(() => {
      if (isOpen) output.write(`${HOME}${REST_OF_SCREEN}`)
      paint()
    }),
  ]
  output.write(ENTER)
  return {
    left,
    draw: (lines) => {
      content = lines
      paint()
    },
    close: () => {
      if (!isOpen) return
      isOpen = false
      forget.forEach((stop) => {
        stop()
      })
      output.write(LEAVE)
    },
  }
}
