// Stands for a service: `ready PORT`, `never-ready PORT` or `die`; ends as callback-quorum does.
import { createServer } from 'node:http'

const [manner, port] = process.argv.slice(2)
console.log(`I am ${manner ?? ''}`)
if (manner === 'die') {
  console.error('listen EADDRINUSE: address already in use')
  process.exitCode = 7
} else {
  const server = createServer((_, response) => {
    response.statusCode = manner === 'ready' ? 200 : 503
    response.setHeader('X-Process-Id', String(process.pid))
    response.end('the database does not answer')
  })
  server.listen(Number(port), '127.0.0.1')
  const end = (why: string): void => {
    console.log(`ended by ${why}`)
    process.stdin.pause()
    server.close()
    server.closeAllConnections()
  }
  process.once('SIGTERM', () => {
    end('SIGTERM')
  })
  process.stdin.once('end', () => {
    end('the end of its input')
  })
  process.stdin.resume()
}
