import { copyFile, rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { planOf, type ConfigurationOptions, type Mapping, type ServiceName } from '../src/index.ts'
import { runCommandLine } from './command-line.ts'
import { approving, CEREMONIES, configure, listening, node, tssConfig } from './tss-config-rig.ts'

describe('refused is, with everything that is wrong and nothing on standard output,', () => {
  test.each<[what: string, edit: ConfigurationOptions['edit'], set: ServiceName[], args: string[], said: RegExp]>([
    [
      'a kind that everybody approves unseen',
      { limits: approving(...CEREMONIES), sanctions: approving(...CEREMONIES) },
      ['limits', 'sanctions'],
      [],
      /^keygen: would be approved unseen, nobody judges it: limits \(outside_remit\.approve\), sanctions \(outside_remit\.approve\)/m,
    ],
    [
      'a checker alone that approves unseen what it has no rule for',
      { 'business-lookup': approving('keyreshare') },
      ['business-lookup'],
      ['--closed', 'keygen', '--closed', 'keysharesign'],
      /^keyreshare: would be approved unseen, nobody judges it: business-lookup/m,
    ],
    [
      'a kind that one of them always rejects',
      {},
      ['gateway', 'limits'],
      [],
      /^keygen: is always rejected by limits \(OUTSIDE_REMIT\); expected .* --closed keygen/m,
    ],
    [
      'a kind without an entry in the quorum of the gateway',
      {
        gateway: (config) => ({
          ...config,
          quorum: (config['quorum'] as readonly Mapping[]).filter((_, index) => index !== 1),
        }),
      },
      ['gateway', 'integrity'],
      [],
      /^keyreshare: is always rejected by gateway \(no quorum entry\); expected a quorum entry/m,
    ],
    [
      'a kind said to be closed that may be approved',
      {},
      ['gateway', 'integrity'],
      ['--closed', 'keygen'],
      /^--closed keygen: may be approved by this set, gateway \(integrity\), integrity \(its rules\) judges it/m,
    ],
    [
      'plain HTTP beyond this machine',
      {},
      ['gateway', 'integrity'],
      ['--url', 'gateway=http://callback.acme.internal:11020'],
      /^http:\/\/callback\.acme\.internal:11020\/v2\/check: is plain HTTP beyond loopback; expected https/m,
    ],
    [
      'an address that is no address of the dialect',
      {},
      ['gateway', 'integrity'],
      ['--url', 'gateway=https://callback.acme.internal/v1/check'],
      /^--url gateway=\S+: is no address of cobo-v2/m,
    ],
    [
      'one address for two services, of which only one can answer there',
      {},
      ['gateway', 'integrity'],
      ['--url', 'gateway=https://callback.acme.internal', '--url', 'integrity=https://callback.acme.internal/'],
      /integrity\.yaml: would be asked at https:\/\/callback\.acme\.internal\/v2\/check, which is the address of gateway; expected one of its own, --url integrity=/m,
    ],
    [
      'an origin where two listeners serve the dialect below paths of their own',
      {
        gateway: (config) => ({
          ...config,
          callback: [
            ...(config['callback'] as readonly Mapping[]),
            { listen: '127.0.0.1:19021', dialects: ['cobo-v2'], base_path: '/a' },
          ],
        }),
      },
      ['gateway', 'integrity'],
      ['--url', 'gateway=https://callback.acme.internal'],
      /^--url gateway=\S+: is no address of cobo-v2; expected an origin, or the whole address with \/v2\/check or \/a\/v2\/check/m,
    ],
    [
      'a name that is not in the set',
      {},
      ['gateway', 'integrity'],
      ['--url', 'gatway=https://callback.acme.internal'],
      /^--url gatway=\.\.\.: is none of the set; expected one of gateway, integrity$/m,
    ],
    [
      'a listener on every address without a word about how it is reached',
      { gateway: listening({ listen: '0.0.0.0:11020', plaintext: 'acknowledged' }) },
      ['gateway', 'integrity'],
      [],
      /gateway\.yaml: its listener does not say under which address the node reaches it; expected --url gateway=https/m,
    ],
    [
      'a service that does not know the node',
      { integrity: node({ pubkey_path: [{ file: 'keys/cosigner-demo.pub' }] }) },
      ['gateway', 'integrity'],
      [],
      /integrity\.yaml: does not know the node node-demo as a caller: none of its callers has the key SHA-256 [0-9a-f]{64}/,
    ],
    [
      'a node that the gateway does not know',
      {},
      ['gateway', 'integrity'],
      ['--caller', 'node-eu-1'],
      /gateway\.yaml: does not know the node node-eu-1 as a caller; expected one of node-demo/,
    ],
    [
      'a listener of another dialect',
      {
        integrity: (config) =>
          node({ dialects: ['cobo-v1'] })(listening({ dialects: ['cobo-v1', 'fireblocks-jwt'] })(config)),
      },
      ['gateway', 'integrity'],
      [],
      /integrity\.yaml: the node node-demo asks in cobo-v1 and not in cobo-v2, which cb_server_v2 means/,
    ],
    [
      'cb_server_v2 for a node that has none',
      {},
      ['gateway', 'integrity'],
      ['--dialect', 'cobo-v2', '--node-version', '0.9.5'],
      /--node-version 0\.9\.5: knows no cb_server_v2, which came with 0\.10\.0/,
    ],
    [
      'a deadline longer than the node waits',
      { gateway: (config) => ({ ...config, deadline: { cobo: '10s' } }) },
      ['gateway', 'integrity'],
      [],
      /gateway\.yaml: takes up to 10000ms \(deadline\), and the node waits 10000ms \(request_timeout\)/,
    ],
    [
      'a schedule that the services do not agree on',
      { integrity: node({ retry_times: 30 }) },
      ['gateway', 'integrity'],
      [],
      /integrity\.yaml: callers node-demo: retry_times is 30, and 60 in .*gateway\.yaml; expected the same/,
    ],
    [
      'another organisation',
      { integrity: node({ organisation: 'other' }) },
      ['gateway', 'integrity'],
      [],
      /callers node-demo: organisation is other, and /,
    ],
    [
      'tokens that live longer than they are taken',
      {},
      ['gateway', 'integrity'],
      ['--token-expire-minutes', '20'],
      /--token-expire-minutes 20: is longer than max_token_age of callers node-demo/,
    ],
  ])('%s', async (_, edit, set, args, said) => {
    const { exitCode, stdout, stderr } = await tssConfig(await configure(edit), set, ...args)
    expect(stderr).toMatch(said)
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' })
  })

  test('an empty set, which makes a node execute everything', async () => {
    const { exitCode, stdout, stderr } = await runCommandLine(['tss-config'])
    expect(stderr).toMatch(/the set is empty, and a node without servers executes every task/)
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' })
  })

  test('a gateway as a checker, and the other way round', async () => {
    const configuration = await configure()
    const [gateway, integrity] = [planOf(configuration, 'gateway').file, planOf(configuration, 'integrity').file]
    const { exitCode, stderr } = await runCommandLine(['tss-config', '--checker', gateway, '--gateway', integrity])
    expect(stderr).toMatch(/--gateway \S.*integrity\.yaml: is the configuration of integrity; expected --checker/)
    expect(stderr).toMatch(/--checker \S.*gateway\.yaml: is the configuration of a gateway; expected --gateway/)
    expect(exitCode).toBe(78)
  })
})

describe('of keys', () => {
  test('one that is not there is refused with the command that makes it', async () => {
    const configuration = await configure()
    await rm(planOf(configuration, 'integrity').key.publicPath)
    const { exitCode, stderr } = await tssConfig(configuration, ['gateway', 'integrity'])
    expect(stderr).toMatch(
      /integrity\.pub: cannot be opened \(ENOENT\); .*make it: openssl rsa -in '.*integrity\.pem' -pubout/,
    )
    expect(exitCode).toBe(78)
  })

  test('the public key of another service is refused', async () => {
    const configuration = await configure()
    await copyFile(planOf(configuration, 'limits').key.publicPath, planOf(configuration, 'integrity').key.publicPath)
    const { exitCode, stderr } = await tssConfig(configuration, ['gateway', 'integrity'])
    expect(stderr).toMatch(/integrity\.pub: is not the key that .*integrity\.yaml signs with/)
    expect(exitCode).toBe(78)
  })

  test('a public key that is named is enough on a machine without the private one', async () => {
    const configuration = await configure()
    const { privatePath, publicPath } = planOf(configuration, 'integrity').key
    await rm(privatePath)
    expect(await tssConfig(configuration, ['gateway', 'integrity'])).toMatchObject({ exitCode: 78, stdout: '' })
    expect(
      await tssConfig(configuration, ['gateway', 'integrity'], '--pubkey', `integrity=${publicPath}`),
    ).toMatchObject({ exitCode: 0 })
  })

  test("the node's, where all have ended, are refused", async () => {
    const ended = node({ pubkey_path: [{ file: 'keys/node-demo.pub', not_after: '2020-01-01' }] })
    const { exitCode, stderr } = await tssConfig(await configure({ gateway: ended }), ['gateway', 'integrity'])
    expect(stderr).toMatch(/callers node-demo: every key of the node has ended/)
    expect(exitCode).toBe(78)
  })
})
