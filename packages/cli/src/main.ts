#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { run } from './program.ts'

// Whoever reads may stop reading, as `head` does; that is no failure to be told of. 128 + SIGPIPE, as programs without a handler end.
const READER_GONE = 141
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(READER_GONE)
  })

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  node: process.execPath,
  signals: process,
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
