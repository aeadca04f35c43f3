import { execFile } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateRsaKeyFiles, loadPublicKey } from '@callback-quorum/service'
import { type CallbackDouble, type FireblocksBehaviour, pinOf, startCallbackDouble } from '@callback-quorum/simulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Rig {
  readonly double: CallbackDouble
  readonly folder: string
  readonly certificate: string
  simulate(...args: readonly string[]): ReturnType<typeof runCommandLine>
  /** With plain JSON and no keys. */
  simulateJson(...args: readonly string[]): ReturnType<typeof runCommandLine>
}

/** A handler with a certificate of its own, and a Co-signer that has its public key. */
async function openRig(behaviour: FireblocksBehaviour): Promise<Rig> {
  const folder = await temporaryFolder()
  const { privatePath, publicPath } = await generateRsaKeyFiles(folder, 'co-signer')
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'cert.key')]
  const subject = ['-subj', '/CN=handler', '-days', '2', '-addext', 'subjectAltName=IP:127.0.0.1']
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await promisify(execFile)('openssl', ['req', '-x509', ...ec, '-keyout', key, '-out', certificate, ...subject])
  const double = await startCallbackDouble({
    name: 'handler',
    callerKeys: [(await loadPublicKey(publicPath)).key],
    behaviour,
    tls: { cert: await readFile(certificate), key: await readFile(key) },
  })
  onTestFinished(() => double.close())
  const handlerKey = join(folder, 'handler.pub')
  await writeFile(handlerKey, double.publicKey.export({ type: 'spki', format: 'pem' }))
  const simulateJson: Rig['simulateJson'] = (...more) =>
    runCommandLine(['simulate-co-signer', '--url', `${double.url}/cb`, '--signer', 'user-1', ...more])
  const keys = ['--key', privatePath, '--handler-key', handlerKey]
  return { double, folder, certificate, simulateJson, simulate: (...more) => simulateJson(...keys, ...more) }
}

describe('one request', () => {
  test('that the handler approves ends with 0', async () => {
    const { double, certificate, simulate } = await openRig('approve')
    const { exitCode, stdout } = await simulate(
      ...['--root-ca', certificate, '--make', 'transfer', '--asset', 'USDT_ERC20', '--amount', '12.5', '--vault', '2'],
      ...['--destination', 'vault', '--destination-id', '7', '--external-tx-id', 'WD-1', '--request-id', 'r-1'],
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(
      /\/cb\/v2\/tx_sign_request {2}attempt 1 {2}approve .*\napproved {2}option 5 {2}request r-1: /,
    )
    expect(double.requests[0]?.fireblocks).toMatchObject({
      kind: 'tx-signing',
      signerId: 'user-1',
      reading: {
        request: { asset: 'USDT_ERC20', externalTxId: 'WD-1', sourceId: '2', amountStr: '12.500000', destId: '7' },
      },
    })
  })

  test('that is rejected or ignored ends with 3, and IGNORE of a signing with 1', async () => {
    const { double, certificate, simulate } = await openRig('reject')
    const trust = ['--ca', certificate]
    expect(await simulate(...trust, '--make', 'bitcoin-transfer')).toMatchObject({
      exitCode: 3,
      stdout: expect.stringContaining('rejected  option 1') as string,
    })
    double.setBehaviour('ignore')
    const approval = ['--make', 'transfer', '--kind', 'tx-approval']
    expect((await simulate(...trust, ...approval)).exitCode).toBe(3)
    const signing = await simulate(...trust, '--make', 'transfer')
    expect(signing.exitCode).toBe(1)
    expect(signing.stdout).toContain('failed  option 1')
    expect(signing.stdout).toContain('ignore_not_allowed, AUTHORIZATION_FAILED: ')
  })

  test('is asked in JSON behind a pin, as curl writes it or as a certificate, and not behind another', async () => {
    const { double, folder, certificate, simulateJson, simulate } = await openRig('retry')
    const pin = `sha256//${pinOf(createPublicKey(await readFile(certificate)))}`
    const request = join(folder, 'request.json')
    await writeFile(request, '{"requestId":"r-2","type":"ADD_USER"}')
    const once = ['--tries', '1', '--json']
    const asked = await simulateJson(
      '--messages',
      'json',
      '--pin',
      pin,
      '--request',
      request,
      '--kind',
      'config-change',
      ...once,
    )
    expect(asked.exitCode).toBe(1)
    expect(JSON.parse(asked.stdout)).toMatchObject({
      option: 2,
      decision: 'failed',
      failure: 'retries_used_up',
      requestId: 'r-2',
      exchanges: [{ result: 'retry', http: 200 }],
    })
    expect(double.requests[0]).toMatchObject({
      path: '/cb/config_change_sign_request',
      token: '{"requestId":"r-2","type":"ADD_USER"}',
    })
    double.setBehaviour('approve')
    const byCertificate = await simulate('--pin', certificate, '--make', 'message')
    expect(byCertificate.stdout).toContain('approved  option 4')
    const wrong = await simulate('--pin', `sha256//${'A'.repeat(43)}=`, '--make', 'message', '--json')
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      failure: 'unreachable',
      reason: expect.stringContaining('pinned') as string,
    })
  })
})

describe('wrong usage', () => {
  const url = ['simulate-co-signer', '--url', 'https://127.0.0.1:1']
  test.each([
    [['simulate-co-signer'], /required option '-u, --url <url>'/],
    [['simulate-co-signer', '--url', 'x', '--make', 'transfer'], /expected https:/],
    [url, /expected --make or --request/],
    [[...url, '--make', 'transfer'], /need privateKey and handlerPublicKey/],
    [[...url, '--make', 'transfer', '--messages', 'json'], /json messages with trust system/],
    [[...url, '--make', 'transfer', '--amount', '1e3'], /--make transfer: /],
    [[...url, '--make', 'bitcoin-transfer', '--asset', 'DOGE'], /expected BTC, BTC_TEST/],
    [[...url, '--make', 'transfer', '--destination-id', '1'], /needs --destination/],
    [[...url, '--make', 'transfer', '--pin', 'x', '--root-ca', 'y'], /cannot be used with/],
  ])('%j is told what is wrong', async (args, message) => {
    const { exitCode, stderr } = await runCommandLine(args)
    expect(exitCode).toBe(64)
    expect(stderr).toMatch(message)
  })
})
