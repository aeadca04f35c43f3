import { execFile, spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { planOf, startBusinessSystem, startConstellation, writeDemoConfiguration } from '@callback-quorum/cli'
import { createTssNode, CUSTODY, makeV1KeySign, makeV2KeyGen, makeV2KeySign } from '@callback-quorum/simulator'
import { afterAll, describe, expect, test } from 'vitest'
import { CUSTOMER } from './rig.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const run = promisify(execFile)
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

describe('the demonstration, as npm start plays it', () => {
  test(
    'ends 0 and shows every situation with its answer, although its first ports are taken',
    { timeout: 120_000 },
    async () => {
      const taken = createServer().listen(11_020, '127.0.0.1')
      // Whoever has the port already takes it just as well.
      await Promise.race([once(taken, 'listening'), once(taken, 'error')])
      try {
        const { stdout } = await run(process.execPath, [MAIN, 'demo', '--exit', '--json'], { maxBuffer: 10_000_000 })
        const lines = stdout
          .trimEnd()
          .split('\n')
          .map(
            (line) =>
              JSON.parse(line) as { scenario: string; status: number | null; action: string | null; recalled: boolean },
          )
        const answers = lines.map(({ scenario, status, action }) => `${scenario} ${String(status)} ${String(action)}`)
        expect(answers).toEqual([
          'ping 0 null',
          'approved-transfer 0 APPROVE',
          'approved-v1-transfer 0 APPROVE',
          'limit-exceeded 0 REJECT',
          'sanctioned-destination 0 REJECT',
          'amount-differs 0 REJECT',
          'not-what-it-says 0 REJECT',
          'duplicate 0 APPROVE',
          'reference-used 0 REJECT',
          'checker-down null null',
          'checker-down 0 APPROVE',
          'forged-token 20 null',
          'keygen 0 APPROVE',
          'keyreshare 0 REJECT',
          'co-signer-approval null APPROVE',
          'co-signer-signing null APPROVE',
          'co-signer-lying null REJECT',
          'co-signer-whitelisting null REJECT',
          'frozen null null',
          'frozen 0 APPROVE',
        ])
        expect(lines.find(({ scenario }) => scenario === 'duplicate')?.recalled).toBe(true)
      } finally {
        taken.close()
      }
    },
  )

  test('stays up until a signal, then stops every process it started', { timeout: 120_000 }, async () => {
    const child = spawn(process.execPath, [MAIN, 'demo'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    await expect.poll(() => output, { timeout: 90_000 }).toMatch(/Ctrl-C/)
    const url = /http:\/\/127\.0\.0\.1:\d+(?=\/readyz)/.exec(output)?.[0] ?? ''
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const exited = once(child, 'exit')
    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    await expect(fetch(`${url}/readyz`)).rejects.toThrow()
  })
})

describe('three checkers in processes of their own, registered directly with the node', () => {
  test('approve, reject and answer v1, without a gateway', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cq direct '))
    folders.push(folder)
    const business = await startBusinessSystem({
      directory: folder,
      node: process.execPath,
      env: process.env,
      main: MAIN,
      firstPort: 12_030,
    })
    const configuration = await writeDemoConfiguration({
      directory: folder,
      payoutsUrl: business.url,
      topology: 'direct',
      firstPort: 12_020,
    })
    const constellation = await startConstellation({
      configuration,
      node: process.execPath,
      env: process.env,
      main: MAIN,
    })
    const nodeKey = createPrivateKey(await readFile(configuration.node.key.privatePath))
    const nodeOf = async (dialect: 'v1' | 'v2') =>
      createTssNode({
        name: configuration.node.name,
        privateKey: nodeKey,
        servers: await Promise.all(
          (['limits', 'sanctions', 'business-lookup'] as const).map(async (name) => {
            const { callbackUrl, key } = planOf(configuration, name)
            return {
              name,
              serviceAddress: `${callbackUrl}/${dialect}/check`,
              publicKey: createPublicKey(await readFile(key.publicPath)),
            }
          }),
        ),
      })
    const nodes = { v1: await nodeOf('v1'), v2: await nodeOf('v2') }
    try {
      const reference = (number: number): string => `WD-20261121-abcdef-0${String(number)}`
      const withdrawal = { customer: 'customer 1', state: 'approved', currency: 'ETH', address: CUSTOMER } as const
      await business.add([
        { ...withdrawal, reference: reference(1), amount: '0.5' },
        { ...withdrawal, reference: reference(2), amount: '0.25' },
      ])
      const payment = { to: CUSTOMER, organisation: CUSTODY.organisation }
      await expect(
        nodes.v2.ask(makeV2KeySign({ ...payment, reference: reference(1), amount: '0.5' })),
      ).resolves.toMatchObject({ decision: 'APPROVE' })
      await expect(
        nodes.v1.ask(makeV1KeySign({ ...payment, reference: reference(2), amount: '0.25' })),
      ).resolves.toMatchObject({ decision: 'APPROVE' })
      const used = await nodes.v2.ask(makeV2KeySign({ ...payment, reference: reference(1), amount: '0.5' }))
      expect(used).toMatchObject({ decision: 'REJECT' })
      expect(used.reason).toContain('REF_ALREADY_USED')
      await expect(nodes.v2.ask(makeV2KeyGen())).resolves.toMatchObject({ decision: 'REJECT' })
    } finally {
      await Promise.all([nodes.v1.close(), nodes.v2.close()])
      await constellation.close()
      await business.stop()
    }
  })
})
