import { once } from 'node:events'
import { startEmbeddedPostgres } from '../../src/database/index.ts'

// A process of its own that runs an embedded server: started by the tests of what happens to it, as which user, and when it is killed.
// Prints the outcome of the start as one JSON line; "stop" on standard input stops the server.

interface Orders {
  readonly dataDir: string
  readonly native?: string
  readonly uid?: number
}

const { dataDir, native, uid } = JSON.parse(process.argv[2] ?? '{}') as Orders
if (uid !== undefined) {
  process.setgroups?.([uid])
  process.setgid?.(uid)
  process.setuid?.(uid)
}
// What a service does on Ctrl-C: finish its work first, with a database that still answers.
process.on('SIGINT', () => {
  process.stdout.write('"interrupted"\n')
})

try {
  const server = await startEmbeddedPostgres({ dataDir, ...(native !== undefined && { native }) })
  process.stdout.write(`${JSON.stringify({ url: server.url, uid: process.getuid?.() })}\n`)
  await once(process.stdin, 'data')
  await server.stop()
  process.stdout.write('"stopped"\n')
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`)
}
process.exit()
