import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateRsaKeyFiles } from '@callback-quorum/service'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { planOf, type Mapping } from '../src/index.ts'
import { setManner, type Manner } from '../src/tss-config/manner.ts'
import { runCommandLine } from './command-line.ts'
import { CEREMONIES, configure, listening, tssConfig, type Edit } from './tss-config-rig.ts'

describe('several gateways', () => {
  test('with one key are replicas: one address, never two entries', async () => {
    const shared: Edit = (config) => ({ ...config, database_url: 'postgres://gateway@127.0.0.1/gateway' })
    const configuration = await configure({ gateway: shared })
    const { file } = planOf(configuration, 'gateway')
    const replica = join(configuration.directory, 'gateway-b.yaml')
    await copyFile(file, replica)
    const args = [
      'tss-config',
      '--gateway',
      file,
      '--gateway',
      replica,
      '--checker',
      planOf(configuration, 'integrity').file,
    ]
    const refused = await runCommandLine(args)
    expect(refused.stderr).toMatch(
      /sign with one key, so they are replicas of one gateway\..* all must approve, so two entries/,
    )
    expect(refused).toMatchObject({ exitCode: 78, stdout: '' })

    const { exitCode, stdout, stderr } = await runCommandLine([
      ...args,
      '--url',
      'gateway=https://callback.acme.internal',
    ])
    expect(exitCode).toBe(0)
    expect(parse(stdout)).toMatchObject({
      callback: { cb_server_v2: [{ service_address: 'https://callback.acme.internal/v2/check' }, {}] },
    })
    expect(stderr).toMatch(/gateway has 2 replicas behind one address, so one entry/)
  })

  test('with one key and databases of their own are refused', async () => {
    const configuration = await configure()
    const { file } = planOf(configuration, 'gateway')
    const replica = join(configuration.directory, 'gateway-b.yaml')
    await copyFile(file, replica)
    const { exitCode, stderr } = await runCommandLine(['tss-config', '--gateway', file, '--gateway', replica])
    expect(stderr).toMatch(/gateway-b\.yaml: signs with the key of .*gateway\.yaml and has another database/)
    expect(exitCode).toBe(78)
  })

  test('with keys of their own both must approve, and it is said that this is no spare', async () => {
    const configuration = await configure()
    const { file } = planOf(configuration, 'gateway')
    await generateRsaKeyFiles(join(configuration.directory, 'keys'), 'gateway-b')
    const text = (await readFile(file, 'utf8'))
      .replace('service_name: gateway\n', 'service_name: gateway-b\n')
      .replace('keys/gateway.pem', 'keys/gateway-b.pem')
      .replace(/(callback:\n {2}- listen: 127\.0\.0\.1:)\d+/, '$19443')
    const second = join(configuration.directory, 'gateway-b.yaml')
    await writeFile(second, text)
    const { exitCode, stdout, stderr } = await runCommandLine(['tss-config', '--gateway', file, '--gateway', second])
    expect(exitCode).toBe(0)
    const { callback } = parse(stdout) as { callback: { cb_server_v2: readonly Mapping[] } }
    expect(callback.cb_server_v2.map((entry) => entry['pubkey_path'])).toEqual([
      'configs/gateway.pub',
      'configs/gateway-b.pub',
    ])
    expect(stderr).toMatch(
      /all must approve, so one that is\s+down stops every signature\. That is two who decide, not high\s+availability/,
    )
    expect(stderr).toMatch(/Warning: No checker that compares bytes with their description is asked by the node itself/)
  })
})

test.each([
  ['of its listener', [], /^ +- service_address: http:\/\/127\.0\.0\.1:\d+\/custody\/v2\/check$/m],
  [
    'of an origin in front of it',
    ['--url', 'gateway=https://callback.acme.internal'],
    /^ +- service_address: https:\/\/callback\.acme\.internal\/custody\/v2\/check$/m,
  ],
  [
    'of a proxy that serves it elsewhere',
    ['--url', 'gateway=https://callback.acme.internal/mpc/v2/check'],
    /^ +- service_address: https:\/\/callback\.acme\.internal\/mpc\/v2\/check$/m,
  ],
])('the address has the base path %s', async (_, args, address) => {
  const configuration = await configure({ gateway: listening({ base_path: '/custody' }) })
  const { exitCode, stdout } = await tssConfig(configuration, ['gateway', 'integrity'], ...args)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(address)
})

test('an older node is told in its own words', async () => {
  const { exitCode, stdout, stderr } = await tssConfig(
    await configure(),
    ['gateway', 'integrity'],
    '--node-version',
    '0.8.2',
  )
  expect(exitCode).toBe(0)
  expect(parse(stdout)).toEqual({
    callback: {
      cb_server: [
        { service_address: expect.stringMatching(/\/v1\/check$/) as string, pubkey_path: 'configs/gateway.pub' },
        { service_address: expect.stringMatching(/\/v1\/check$/) as string, pubkey_path: 'configs/integrity.pub' },
      ],
      token_expire_minutes: 2,
      retry_times: 60,
      sleep_seconds: 60,
    },
  })
  expect(stderr).toMatch(/keysharesign is not asked in cobo-v1: refuse it in the node/)
})

test('a closed kind and checkers alone are printed, and what is missing is warned of', async () => {
  const { exitCode, stderr } = await tssConfig(
    await configure(),
    ['business-lookup'],
    ...CEREMONIES.flatMap((kind) => ['--closed', kind]),
  )
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/No server of this set compares the bytes to be signed with their description/)
  expect(stderr).toMatch(/No gateway: nobody tells the checkers what became of a request/)
  expect(stderr).toMatch(/^keygen +rejects \(OUTSIDE_REMIT\) +always REJECT$/m)
})

test('no manner of one server makes a kind judged that nobody judges', () => {
  const of = (does: Manner['does']): Manner => ({ does, by: '' })
  expect(setManner([])).toBe('unjudged')
  expect(setManner([of('approves')])).toBe('unjudged')
  expect(setManner([of('approves'), of('approves')])).toBe('unjudged')
  expect(setManner([of('approves'), of('judges')])).toBe('judged')
  expect(setManner([of('judges'), of('rejects')])).toBe('rejected')
  expect(setManner([of('approves'), of('rejects')])).toBe('rejected')
})
