import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  CHECKER_NAMES,
  planOf,
  SERVICE_NAMES,
  writeDemoConfiguration,
  type ConfigurationOptions,
} from '../src/index.ts'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function configure(options: Partial<ConfigurationOptions> = {}) {
  const directory = await temporaryFolder()
  return writeDemoConfiguration({ directory, payoutsUrl: 'http://127.0.0.1:1/', ...options })
}

const check = (file: string, ...more: readonly string[]) => runCommandLine(['check-config', '--config', file, ...more])

describe('a configuration of the demo', () => {
  test.each(SERVICE_NAMES)('is recognised as that of %s and valid with all its files', async (name) => {
    const { file } = planOf(await configure(), name)
    const { exitCode, stdout, stderr } = await check(file)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(`valid: ${name} configuration ${file}`)
    expect(stdout).toMatch(/\ndigest [0-9a-f]{64}\n/)
  })

  test.each(CHECKER_NAMES)('of %s is valid too where there is no gateway, and takes no outcomes then', async (name) => {
    const configuration = await configure({ topology: 'direct' })
    expect(configuration.services.map((service) => service.name)).toEqual(CHECKER_NAMES)
    const { file } = planOf(configuration, name)
    expect(await check(file)).toMatchObject({ exitCode: 0 })
    expect(await readFile(file, 'utf8')).not.toMatch(/^gateway:/m)
  })

  test('keeps its keys and tokens when it is written again', async () => {
    const first = await configure()
    const read = (): Promise<string[]> =>
      Promise.all(
        [
          first.node.key.privatePath,
          first.internalKey.privatePath,
          first.admin.hashes,
          first.admin.tokens.operator,
        ].map((path) => readFile(path, 'utf8')),
      )
    const before = await read()
    await writeDemoConfiguration({ directory: first.directory, payoutsUrl: 'http://127.0.0.1:2/' })
    expect(await read()).toEqual(before)
  })

  test('can be changed by whoever starts it', async () => {
    const configuration = await configure({
      edit: { gateway: (config) => ({ ...config, deferral: { cobo: 'status_30' } }) },
    })
    expect(await readFile(planOf(configuration, 'gateway').file, 'utf8')).toMatch(/deferral:\n {2}cobo: status_30/)
  })
})

test('the matrix says who must approve what, stage by stage, and whether the bytes must be bound', async () => {
  const { file } = planOf(await configure(), 'gateway')
  const { stdout } = await check(file)
  expect(stdout.split('\n').slice(2)).toEqual([
    '',
    'CALLER         KIND           ALL OF THESE (@STAGE)                                     SHADOW  UNBOUND',
    'node-demo      keygen         integrity@1                                               -       -',
    'node-demo      keysign        sanctions@1 + business-lookup@1 + integrity@1 + limits@2  -       -',
    'node-demo      keyreshare     integrity@1                                               -       -',
    'node-demo      keysharesign   integrity@1                                               -       -',
    'cosigner-demo  tx-approval    sanctions@1 + business-lookup@1 + integrity@1 + limits@2  -       -',
    'cosigner-demo  tx-signing     sanctions@1 + business-lookup@1 + integrity@1 + limits@2  -       -',
    'cosigner-demo  config-change  sanctions@1                                               -       -',
    '',
  ])
})

test('says what nobody is in charge of, and where approvals need no bytes', async () => {
  const { file } = planOf(await configure(), 'gateway')
  const text = await readFile(file, 'utf8')
  const lonely = text.slice(0, text.indexOf('quorum:'))
  await writeFile(
    file,
    `${lonely}quorum:
  - { callers: [node-demo], kinds: [keysign], require: [sanctions, business-lookup, integrity, limits], accept_unbound: true }
  - { callers: [cosigner-demo], kinds: [tx-signing], require: [integrity] }
`,
  )
  const { stdout } = await check(file)
  expect(stdout).toMatch(/node-demo {6}keygen {9}REJECT \(nobody is in charge\)/)
  expect(stdout).toMatch(/node-demo {6}keysign .* ACCEPTED\n/)
  expect(stdout).toMatch(
    /warning: .*gateway\.yaml:\d+:\d+ quorum\[0\]\.accept_unbound: .*approvals are given although no checker bound the bytes to be signed to what was judged\n/,
  )
})

test('warns of a claim that is taken at the approval and left over at the signing', async () => {
  const { file } = planOf(await configure(), 'gateway')
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    `${text.slice(0, text.indexOf('quorum:'))}quorum:
  - { callers: [node-demo], kinds: [keysign], require: [sanctions, business-lookup, integrity, limits] }
  - { callers: [cosigner-demo], kinds: [tx-approval], require: [integrity, limits] }
  - { callers: [cosigner-demo], kinds: [tx-signing], require: [integrity] }
`,
  )
  const { exitCode, stdout } = await check(file)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    /warning: .*gateway\.yaml:\d+:\d+ quorum\[1\]\.require: limits claims at tx-approval and is not asked at tx-signing.*\n {4}-> Name limits in require of the quorum entry for tx-signing too/,
  )
  const json = JSON.parse((await check(file, '--output', 'json')).stdout) as { warnings: { found: string }[] }
  expect(json.warnings.map(({ found }) => found)).toContainEqual(
    expect.stringContaining('limits claims at tx-approval'),
  )
})

test('--output json has the matrix and the keys, and nothing else is on standard output', async () => {
  const { file } = planOf(await configure(), 'gateway')
  const { stdout } = await check(file, '--output', 'json')
  const found = JSON.parse(stdout) as { quorum: unknown[]; keys: { role: string }[] }
  expect(found).toMatchObject({
    config: file,
    service: 'gateway',
    valid: true,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  })
  expect(found.quorum).toContainEqual({
    caller: 'node-demo',
    kind: 'keysign',
    require: 'sanctions@1 + business-lookup@1 + integrity@1 + limits@2',
    shadow: '',
    unbound: false,
  })
  expect(found.keys.map(({ role }) => role)).toEqual([
    'identity.private_key',
    'caller node-demo',
    'caller cosigner-demo',
    'identity.internal_key',
    'checker sanctions',
    'checker business-lookup',
    'checker integrity',
    'checker limits',
  ])
})

describe('what is wrong ends with 78, one problem on each line', () => {
  test('several problems of the configuration at once, each with its place', async () => {
    const { file } = planOf(await configure(), 'gateway')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('kinds:', 'kindz:').replace('stage: 2', 'stage: 99'))
    const { exitCode, stdout, stderr } = await check(file)
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' })
    const lines = stderr.trimEnd().split('\n')
    expect(lines.every((line) => line.startsWith(`${file}:`))).toBe(true)
    expect(lines.join('\n')).toMatch(
      /checkers\[3\]\.stage[^]*quorum\[0\]\.kindz: is not a known key, did you mean kinds\?/,
    )
  })

  test('two keys that are missing, unless only the configuration is checked', async () => {
    const configuration = await configure()
    for (const name of CHECKER_NAMES.slice(0, 2)) await rm(planOf(configuration, name).key.publicPath)
    const { file } = planOf(configuration, 'gateway')
    const { exitCode, stderr } = await check(file)
    expect(exitCode).toBe(78)
    expect(stderr).toMatch(
      /sanctions\.pub: cannot be opened \(ENOENT\)[^]*business-lookup\.pub: cannot be opened \(ENOENT\)/,
    )
    expect(await check(file, '--no-files')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('without the files') as string,
    })
  })

  test('one key in two roles', async () => {
    const configuration = await configure()
    await copyFile(planOf(configuration, 'limits').key.publicPath, planOf(configuration, 'sanctions').key.publicPath)
    const { exitCode, stderr } = await check(planOf(configuration, 'gateway').file)
    expect(exitCode).toBe(78)
    expect(stderr).toMatch(/checker sanctions and checker limits: are the same key/)
  })

  test.each([
    ['limits-rules.yaml', 'USDT-ETHEREUM', 'USDT-MARS', /limits-rules\.yaml:.*USDT-MARS, which is not in the registry/],
    ['addresses.yaml', 'chain: ethereum', 'chain: etherium', /addresses\.yaml:.*is not a chain of the asset registry/],
    ['admin/tokens.yaml', 'role: operator', 'role: root', /tokens\.yaml:/],
  ])('a mistake in %s, which the configuration names', async (path, right, wrong, message) => {
    const configuration = await configure()
    const file = join(configuration.directory, path)
    await writeFile(file, (await readFile(file, 'utf8')).replace(right, wrong))
    const { exitCode, stderr } = await check(
      planOf(configuration, path.startsWith('admin') ? 'gateway' : 'limits').file,
    )
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(78)
  })

  test.each([
    ['nothing known', 'service_name: x\n', /is not recognised; expected .*checkers and quorum \(gateway\)/],
    ['the blocks of two services', 'rules: a\nlists: []\n', /has the blocks of sanctions and limits/],
    ['a list', '- 1\n', /is not recognised/],
  ])('a file with %s', async (_, text, message) => {
    const file = join(await temporaryFolder(), 'some.yaml')
    await writeFile(file, text)
    expect(await check(file)).toMatchObject({ exitCode: 78, stderr: expect.stringMatching(message) as string })
  })
})

test('--service settles what the blocks do not', async () => {
  const file = join(await temporaryFolder(), 'limits.yaml')
  await writeFile(file, 'service_name: limits\n')
  const { exitCode, stderr } = await check(file, '--service', 'limits')
  expect(exitCode).toBe(78)
  expect(stderr).toMatch(/rules: is missing/)
})
