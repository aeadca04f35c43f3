import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CUSTODY, makeV2KeySign, postForm, type CoboPackage } from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { startGatewayReplicas, type GatewayReplicas } from './gateway-replicas.ts'

const run = promisify(execFile)
const proxies = join(import.meta.dirname, '../../deploy/proxy')
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

/** How the real program is given the example, with nothing changed but addresses, ports and the place of the certificates. */
interface Proxy {
  readonly name: 'nginx' | 'haproxy'
  readonly file: string
  readonly put: (text: string, rig: GatewayReplicas) => string
  readonly check: (file: string, folder: string) => readonly string[]
  readonly serve: (file: string, folder: string) => readonly string[]
}

const common = ['-e', 'stderr']
const PROXIES: readonly Proxy[] = [
  {
    name: 'nginx',
    file: 'nginx.conf',
    put: (text, { replicas: [first, second], proxyPort, certificates: { server, client, ca } }) =>
      replaceEach(text, [
        ['192.0.2.11:11020', `127.0.0.1:${String(first.port)}`],
        ['192.0.2.12:11020', `127.0.0.1:${String(second.port)}`],
        ['listen 11020', `listen 127.0.0.1:${String(proxyPort)}`],
        ['/etc/nginx/tls/quorum-gateway.pem', server.cert],
        ['/etc/nginx/tls/quorum-gateway.key', server.key],
        ['10.10.0.0/24', '127.0.0.1/32'],
        ['/etc/nginx/tls/ca.pem', ca],
        ['/etc/nginx/tls/proxy-client.pem', client.cert],
        ['/etc/nginx/tls/proxy-client.key', client.key],
      ]),
    check: (file, folder) => ['-t', ...common, '-c', file, '-p', folder, '-g', globals(folder)],
    serve: (file, folder) => [...common, '-c', file, '-p', folder, '-g', `daemon off; ${globals(folder)}`],
  },
  {
    name: 'haproxy',
    file: 'haproxy.cfg',
    put: (text, { replicas: [first, second], proxyPort }) =>
      replaceEach(text, [
        [
          '192.0.2.11:11020 check port 11120',
          `127.0.0.1:${String(first.port)} check port ${String(first.metricsPort)}`,
        ],
        [
          '192.0.2.12:11020 check port 11120',
          `127.0.0.1:${String(second.port)} check port ${String(second.metricsPort)}`,
        ],
        ['bind :11020', `bind 127.0.0.1:${String(proxyPort)}`],
        ['10.10.0.0/24', '127.0.0.1/32'],
      ]),
    check: (file) => ['-c', '-f', file],
    serve: (file) => ['-db', '-f', file],
  },
]

const globals = (folder: string): string => `pid ${folder}/nginx.pid; error_log stderr;`

function replaceEach(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((edited, [from, to]) => {
    expect(edited.split(from)).toHaveLength(2)
    return edited.replace(from, to)
  }, text)
}

const isHere = (program: string): boolean => {
  try {
    execFileSync('which', [program])
    return true
  } catch {
    return false
  }
}

const payment = (reference: string): CoboPackage =>
  makeV2KeySign({ to: CUSTOMER, organisation: CUSTODY.organisation, reference, amount: '0.01' })

describe.each(PROXIES)('$name in front of two gateways', ({ name, file, put, check, serve }) => {
  describe.runIf(isHere(name))(
    isHere(name) ? 'with the example' : `(left out: Debian's package ${name} is not installed)`,
    () => {
      let rig: GatewayReplicas
      let proxy: ChildProcess | undefined
      let said = ''

      beforeAll(async () => {
        rig = await startGatewayReplicas(inject('postgresUrl'), name === 'nginx')
        const folder = join(rig.folder, 'proxy')
        await mkdir(folder)
        const edited = join(folder, file)
        await writeFile(edited, put(await readFile(join(proxies, file), 'utf8'), rig))
        // Its own word for a valid file; warnings go the same way.
        const { stdout, stderr } = await run(name, [...check(edited, folder)])
        expect(`${stdout}${stderr}`).toMatch(/Configuration file is valid|test is successful/)
        expect(`${stdout}${stderr}`).not.toMatch(/\[(?:WARNING|warn)\]/)
        proxy = spawn(name, [...serve(edited, folder)], { stdio: ['ignore', 'pipe', 'pipe'] })
        for (const stream of [proxy.stdout, proxy.stderr])
          stream?.on('data', (text: Buffer) => (said += text.toString()))
        await vi.waitFor(async () => expect(await accepts(rig.proxyPort), said).toBe(true), {
          timeout: 10_000,
          interval: 50,
        })
      }, 300_000)

      afterAll(async () => {
        if (proxy !== undefined && proxy.exitCode === null) {
          const exited = once(proxy, 'exit')
          proxy.kill('SIGTERM')
          await exited
        }
        await rig.close()
      }, 60_000)

      test('signed requests go through and are approved, by both gateways', async () => {
        for (let count = 0; count < 4; count += 1)
          expect(await rig.ask(payment(`through-${String(count)}`)), said).toMatchObject({
            http: 200,
            result: 'approve',
          })
        for (const { metricsPort } of rig.replicas) expect(await decisionsOf(metricsPort)).toBeGreaterThan(0)
      })

      test('nobody gets through from an address that is not listed', async () => {
        const ca = await readFile(rig.certificates.ca, 'utf8')
        // nginx answers 403 over TLS, HAProxy ends the connection.
        const refused = name === 'nginx' ? 403 : 'refused'
        expect(await statusFrom('127.0.0.2', rig.proxyPort, ca)).toBe(refused)
        expect(await statusFrom('127.0.0.1', rig.proxyPort, ca)).toBe(200)
      })

      test('a body of two megabytes reaches a gateway, which answers in its protocol', async () => {
        const options = { timeoutMs: 10_000, ca: await readFile(rig.certificates.ca, 'utf8') }
        const url = `https://127.0.0.1:${String(rig.proxyPort)}/v2/check`
        const answer = await postForm(url, `TSS_JWT_MSG=${'a'.repeat(2 * 1024 * 1024)}`, options)
        expect(answer.http).toBe(200)
      })

      test(
        'what cannot be decided now stays a connection that closes without an answer',
        { timeout: 60_000 },
        async () => {
          await rig.stopChecker()
          for (let count = 0; count < 4; count += 1)
            expect(await rig.ask(payment(`deferred-${String(count)}`))).toMatchObject({ result: 'no_answer' })
          await rig.startChecker()
          for (let count = 0; count < 4; count += 1)
            expect(await rig.ask(payment(`deferred-no-more-${String(count)}`)), said).toMatchObject({
              result: 'approve',
            })
        },
      )

      test('when one gateway dies the other answers the next requests, and what the dead one approved', async () => {
        const approved = payment('approved-before')
        expect(await rig.ask(approved)).toMatchObject({ result: 'approve' })
        await rig.replicas[0].process.kill()
        for (let count = 0; count < 6; count += 1)
          expect(await rig.ask(payment(`after-${String(count)}`)), said).toMatchObject({ http: 200, result: 'approve' })
        expect(await rig.ask(approved)).toMatchObject({ result: 'approve' })
      })
    },
  )
})

async function decisionsOf(metricsPort: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text()
  const values = [...text.matchAll(/^callback_quorum_requests_total\{.*\} (\d+)$/gm)].map(([, value]) => Number(value))
  return values.reduce((sum, value) => sum + value, 0)
}

/** What a ping gets that leaves from `localAddress`. */
function statusFrom(localAddress: string, port: number, ca: string): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/ping', localAddress, ca, agent: false, timeout: 10_000 }
    get(options, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 'refused')
    }).on('error', () => {
      resolve('refused')
    })
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => {
      resolve(false)
    })
  })
}
