#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { run } from './program.ts'
import type { Terminal } from './host.ts'

// Whoever reads may stop reading, as `head` does; that is no failure to be told of. 128 + SIGPIPE, as programs without a handler end.
const READER_GONE = 141
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(READER_GONE)
  })

/** A terminal that was closed says 0. */
const COLUMNS_DEFAULT = 80
const ROWS_DEFAULT = 24

const terminal: Terminal = {
  size: () => ({ columns: process.stdout.columns || COLUMNS_DEFAULT, rows: process.stdout.rows || ROWS_DEFAULT }),
  onKeys: (listener) => {
    const { stdin } = process
    if (!stdin.isTTY) return () => undefined
    const hear = (keys: Buffer): void => {
      listener(keys.toString('latin1'))
    }
    stdin.setRawMode(true).on('data', hear).resume()
    return () => {
      stdin.off('data', hear).pause().setRawMode(false)
    }
  },
  onResize: (listener) => {
    process.stdout.on('resize', listener)
    return () => {
      process.stdout.off('resize', listener)
    }
  },
}

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  node: process.execPath,
  signals: process,
  ...(process.stdout.isTTY && { terminal }),
  readStdin: () => text(process.stdin),
  onStdinEnd: (listener) => {
    process.stdin.once('end', listener).once('error', listener).resume()
    return () => {
      // A pipe that is still read keeps the process alive.
      process.stdin.off('end', listener).pause()
    }
  },
  raise: (signal) => {
    process.kill(process.pid, signal)
  },
})
