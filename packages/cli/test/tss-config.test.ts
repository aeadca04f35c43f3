import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { readIntegrityConfig, startIntegrity } from '@callback-quorum/integrity'
import { createTestDatabase, loadPrivateKey, loadPublicKey } from '@callback-quorum/service'
import {
  createTssNode,
  CUSTODY,
  makeV2KeyGen,
  makeV2KeyReshare,
  makeV2KeySign,
  startCallbackDouble,
  type TssNode,
} from '@callback-quorum/simulator'
import { expect, inject, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { planOf, writeDemoConfiguration, type DemoConfiguration, type Mapping } from '../src/index.ts'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const FIRST_PORT = 24_020
const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
const STRANGER = `0x${'11'.repeat(20)}`
const { organisation } = CUSTODY

interface Server {
  readonly service_address: string
  readonly pubkey_path: string
}
interface Printed {
  readonly callback: {
    readonly cb_server_v2: readonly Server[]
    readonly retry_times: number
    readonly sleep_seconds: number
    readonly request_timeout: number
    readonly token_expire_minutes: number
  }
  readonly keys_to_copy: readonly { readonly file: string; readonly node_path: string }[]
  readonly yaml: string
}

async function databaseUrl(): Promise<string> {
  const database = await createTestDatabase(inject('postgresUrl'), [])
  onTestFinished(() => database.drop())
  return database.url
}

/** A gateway whose only required checker says yes to everything, as one in strange hands would, and integrity beside it. */
async function startServices(): Promise<DemoConfiguration> {
  const directory = await temporaryFolder()
  const databases = { gateway: await databaseUrl(), integrity: await databaseUrl() }
  const silent =
    (url: string, more: Mapping = {}) =>
    (config: Mapping) => ({
      ...config,
      ...more,
      database_url: url,
      log: { level: 'silent' },
    })
  const plan = await writeDemoConfiguration({ directory, payoutsUrl: 'http://127.0.0.1:1/', firstPort: FIRST_PORT })
  const agreeable = await startCallbackDouble({
    name: 'agreeable',
    callerKeys: [(await loadPublicKey(plan.node.key.publicPath)).key],
    behaviour: 'approve',
  })
  onTestFinished(() => agreeable.close())
  const agreeableKey = join(directory, 'keys', 'agreeable.pub')
  await writeFile(agreeableKey, agreeable.publicKey.export({ type: 'spki', format: 'pem' }))
  const checkers = [
    {
      name: 'agreeable',
      service_address: new URL(agreeable.checkUrls['cobo-v2']).origin,
      pubkey_path: agreeableKey,
      binding: 'request_id',
      on_error_status: 'defer',
    },
  ]
  const quorum = [
    { callers: ['node-demo'], kinds: ['keysign'], require: ['agreeable'], accept_unbound: true },
    { callers: ['node-demo'], kinds: ['keygen', 'keyreshare', 'keysharesign'], require: ['agreeable'] },
  ]
  const callers = (config: Mapping): Mapping => ({
    ...config,
    callers: (config['callers'] as readonly Mapping[]).filter(({ platform }) => platform === 'cobo'),
  })
  const configuration = await writeDemoConfiguration({
    directory,
    payoutsUrl: 'http://127.0.0.1:1/',
    firstPort: FIRST_PORT,
    edit: {
      gateway: (config) => callers(silent(databases.gateway, { checkers, quorum })(config)),
      integrity: (config) => callers(silent(databases.integrity)(config)),
    },
  })
  const gateway = await startGateway({ file: await readGatewayConfig(planOf(configuration, 'gateway').file, {}) })
  onTestFinished(() => gateway.stop())
  const integrity = await startIntegrity({
    file: await readIntegrityConfig(planOf(configuration, 'integrity').file, {}),
  })
  onTestFinished(() => integrity.stop())
  return configuration
}

/** A node in a folder of its own, with nothing but the printed block and the files that it says to copy. */
async function nodeFrom({ callback, keys_to_copy: keys }: Printed, { node }: DemoConfiguration): Promise<TssNode> {
  const home = await temporaryFolder()
  for (const { file, node_path: path } of keys) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await copyFile(file, join(home, path))
  }
  const made = createTssNode({
    name: 'node',
    privateKey: (await loadPrivateKey(node.key.privatePath)).key,
    servers: await Promise.all(
      callback.cb_server_v2.map(async ({ service_address: serviceAddress, pubkey_path: path }) => ({
        serviceAddress,
        publicKey: (await loadPublicKey(join(home, path))).key,
      })),
    ),
    tokenExpireMinutes: callback.token_expire_minutes,
    retryTimes: callback.retry_times,
    sleepSeconds: callback.sleep_seconds,
    requestTimeoutMs: callback.request_timeout * 1_000,
  })
  onTestFinished(() => made.close())
  return made
}

async function printed(...args: readonly string[]): Promise<Printed> {
  const { exitCode, stdout, stderr } = await runCommandLine(['tss-config', ...args, '--output', 'json'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return JSON.parse(stdout) as Printed
}

test('the printed block makes a node ask both, and integrity beside the gateway refuses what the gateway approves', async () => {
  const configuration = await startServices()
  const files = [planOf(configuration, 'gateway').file, planOf(configuration, 'integrity').file] as const
  const block = await printed('--gateway', files[0], '--checker', files[1])
  expect(parse(block.yaml)).toEqual({ callback: block.callback })
  const node = await nodeFrom(block, configuration)

  expect(await node.ping()).toMatchObject([{ status: 0 }, { status: 0 }])
  expect(await node.ask(makeV2KeySign({ to: CUSTOMER, amount: '0.5', organisation }))).toMatchObject({
    decision: 'APPROVE',
    exchanges: [{ result: 'approve' }, { result: 'approve' }],
  })
  expect(await node.ask(makeV2KeyGen({ organisation }))).toMatchObject({ decision: 'APPROVE' })

  const lie = makeV2KeySign({ to: STRANGER, amount: '0.5', describedAs: { to: CUSTOMER }, organisation })
  const [ofGateway, ofIntegrity] = await node.askOnce(lie)
  expect(ofGateway).toMatchObject({ result: 'approve' })
  expect(ofIntegrity).toMatchObject({ result: 'reject' })
  expect(ofIntegrity?.error).toContain('RAW_DESTINATION_DIFFERS')
  const again = makeV2KeySign({ to: STRANGER, amount: '0.5', describedAs: { to: CUSTOMER }, organisation, seed: 7 })
  expect(await node.ask(again)).toMatchObject({ decision: 'REJECT' })
  expect(await node.ask(makeV2KeyReshare({ organisation }))).toMatchObject({ decision: 'REJECT' })
})

test('the text is a file for the node, and what to do stands beside it', async () => {
  const directory = await temporaryFolder()
  const configuration = await writeDemoConfiguration({ directory, payoutsUrl: 'http://127.0.0.1:1/' })
  const { file, callbackUrl, key } = planOf(configuration, 'gateway')
  const { exitCode, stdout, stderr } = await runCommandLine([
    'tss-config',
    '--gateway',
    file,
    '--url',
    'gateway=https://callback.acme.internal:11443',
  ])
  expect(exitCode).toBe(0)
  const { fingerprint } = await loadPublicKey(key.publicPath)
  expect(parse(stdout)).toEqual({
    callback: {
      cb_server_v2: [
        { service_address: 'https://callback.acme.internal:11443/v2/check', pubkey_path: 'configs/gateway.pub' },
        {
          service_address: `${planOf(configuration, 'integrity').callbackUrl}/v2/check`,
          pubkey_path: 'configs/integrity.pub',
        },
      ],
      token_expire_minutes: 2,
      retry_times: 60,
      sleep_seconds: 60,
      request_timeout: 10,
      monitor_interval: '1m',
    },
  })
  expect(stdout).toContain(`#   ${key.publicPath}\n#     as configs/gateway.pub, SHA-256 ${fingerprint}\n`)
  expect(stderr).toContain('integrity.yaml stands beside it and is registered too')
  expect(stderr).toContain(`callers node-demo pubkey_path  ${configuration.node.key.publicPath}`)
  expect(stderr).toContain('gateway speaks plain HTTP itself')
  expect(stderr).toMatch(
    /^keysign +judges \(sanctions \+ business-lookup \+ integrity \+ limits\) +judges \(its rules\)/m,
  )
  expect(callbackUrl).toMatch(/^http:/)
})
