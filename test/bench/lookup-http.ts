import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Agent } from 'undici'
import { POINTERS, withdrawalOf, type BenchSystem, type BenchSystemOptions } from './lookup-system.ts'

// A payout system that answers over HTTPS, in a thread of its own.
const TOKEN = 'bench-only-token'

interface Served {
  readonly key: string
  readonly cert: string
}

export async function startHttpSystem({ folder }: BenchSystemOptions): Promise<BenchSystem> {
  execFileSync(
    'openssl',
    // prettier-ignore
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', 'http.key', '-out', 'http.pem'],
    { cwd: folder, stdio: 'ignore' },
  )
  await writeFile(join(folder, 'http.token'), TOKEN)
  await chmod(join(folder, 'http.token'), 0o600)
  const served: Served = { key: join(folder, 'http.key'), cert: join(folder, 'http.pem') }
  const worker = new Worker(new URL(import.meta.url), { workerData: served })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  const agent = new Agent({ connect: { ca: readFileSync(served.cert) } })
  return {
    name: 'http',
    config: {
      connector: {
        kind: 'http',
        url: `https://localhost:${port}/v1/withdrawals/{reference}`,
        allow_addresses: ['127.0.0.1/32', '::1/128'],
        ca: 'http.pem',
        auth: { kind: 'bearer', token_file: 'http.token' },
      },
      map: POINTERS,
    },
    ask: async (reference) => {
      const { statusCode, body } = await agent.request({
        origin: `https://localhost:${port}`,
        path: `/v1/withdrawals/${reference}`,
        method: 'GET',
        headers: { authorization: `Bearer ${TOKEN}` },
      })
      const answer = (await body.json()) as { readonly reference?: unknown }
      if (statusCode !== 200 || answer.reference !== reference) throw new Error(`the system answered ${statusCode}`)
    },
    stop: async () => {
      await agent.close()
      await worker.terminate()
    },
  }
}

function serve({ key, cert }: Served): void {
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${TOKEN}`
    const reference = request.url?.split('/').at(-1) ?? ''
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isKnown ? withdrawalOf(reference) : {}))
  })
  server.listen(0, 'localhost', () => {
    parentPort?.postMessage((server.address() as AddressInfo).port)
  })
}

if (!isMainThread) serve(workerData as Served)
