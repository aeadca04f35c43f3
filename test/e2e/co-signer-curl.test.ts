import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { makeFireblocksTransfer } from '@callback-quorum/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../packages/cli/test/command-line.ts'
import { HOST, startCosignerRig, type CosignerRig } from './co-signer-rig.ts'
import { makePrivateAuthority, type PrivateAuthority } from './private-authority.ts'
import { CUSTOMER } from './rig.ts'

/** Co-signers ask by libcurl, so its own program is the nearest thing to one that runs here. */
const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) process.stderr.write('curl is not installed: how libcurl pins and verifies is not tested\n')

// libcurl-errors: CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_PEER_FAILED_VERIFICATION.
const PIN_DIFFERS = 90
const NOT_VERIFIED = 60

let stranger: PrivateAuthority
beforeAll(async () => {
  stranger = await makePrivateAuthority(HOST)
})

interface Answered {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Posts `body` as a Co-signer would, under the name of the certificate, and prints body, HTTP code and type on lines of their own. */
async function curl(
  rig: CosignerRig,
  path: string,
  body: string,
  trust: readonly string[],
  host = HOST,
): Promise<Answered> {
  const url = `https://${host}:${rig.port}${path}`
  const format = '\n%{http_code}\n%{content_type}'
  const args = ['--silent', '--show-error', '--max-time', '20', '--resolve', `${host}:${rig.port}:127.0.0.1`, ...trust]
  const child = spawn('curl', [...args, '--write-out', format, '--data-binary', '@-', '--header', 'Content-Type:', url])
  child.stdin.end(body)
  const closed = once(child, 'close') as Promise<[number | null]>
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { code: Number(code), stdout, stderr }
}

describe.runIf(hasCurl)('curl with a pinned public key, which replaces the chain', () => {
  let rig: CosignerRig
  let body: string
  beforeAll(async () => {
    rig = await startCosignerRig({ option: 4 })
    body = rig.cosigner().mint(makeFireblocksTransfer({ to: CUSTOMER, amount: '0.5', seed: 1 }))
  })
  afterAll(() => rig.close())
  const pinned = (pin: string) => curl(rig, '/v2/tx_sign_request', body, ['--insecure', '--pinnedpubkey', pin])

  test('is answered when the pin is the one that "keys co-signer" printed', async () => {
    const { code, stdout } = await pinned(rig.pin)
    const [token = '', http, type] = stdout.split('\n')
    expect([code, http, type]).toEqual([0, '200', 'application/jwt'])
    const answer: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(answer).toMatchObject({ action: 'APPROVE' })
  })

  test('refuses a server with another key', async () => {
    const { code, stdout, stderr } = await pinned(stranger.pin)
    expect(code).toBe(PIN_DIFFERS)
    expect(stderr).toContain('public key does not match pinned public key')
    expect(stdout).toBe('\n000\n')
  })

  test('takes the same pin after "keys co-signer-renew" and a restart, though the certificate is another one', async () => {
    const renewed = ['keys', 'co-signer-renew', '--dir', join(rig.folder, 'keys'), '--name', 'cb']
    expect(await runCommandLine(renewed)).toMatchObject({ exitCode: 0 })
    await rig.restartGateway()
    const { code, stdout } = await pinned(rig.pin)
    expect([code, stdout.split('\n')[1]]).toEqual([0, '200'])
  })

  test('and a client that takes the pinned certificate as its authority verifies it too', async () => {
    const { code, stdout } = await curl(rig, '/v2/tx_sign_request', body, [
      '--cacert',
      join(rig.folder, 'keys/cb-tls.pem'),
    ])
    expect([code, stdout.split('\n')[1]]).toEqual([0, '200'])
  })
})

describe.runIf(hasCurl)('curl with a Root-CA', () => {
  let rig: CosignerRig
  let body: string
  beforeAll(async () => {
    rig = await startCosignerRig({ option: 3 })
    body = rig.cosigner().mint(makeFireblocksTransfer({ to: CUSTOMER, amount: '0.5', seed: 2 }))
  })
  afterAll(() => rig.close())
  const verified = async (pem: string, host?: string) => {
    const file = join(rig.folder, 'authority.pem')
    await writeFile(file, pem)
    return curl(rig, '/tx_sign_request', body, ['--cacert', file], host)
  }

  test('verifies chain and host name, and gets an answer of exactly two members', async () => {
    const { code, stdout } = await verified(rig.trusted)
    const [answer = '', http, type] = stdout.split('\n')
    expect([code, http]).toEqual([0, '200'])
    expect(type).toMatch(/^application\/json/)
    const { requestId } = JSON.parse(body) as { requestId: string }
    expect(JSON.parse(answer)).toEqual({ action: 'APPROVE', requestId })
  })

  test('refuses a server of another authority', async () => {
    const { code, stdout, stderr } = await verified(stranger.pem)
    expect(code).toBe(NOT_VERIFIED)
    expect(stderr).toContain('SSL certificate problem')
    expect(stdout).toBe('\n000\n')
  })

  test('refuses the server under a name that its certificate has not', async () => {
    const { code } = await verified(rig.trusted, 'other.example.com')
    expect(code).toBe(NOT_VERIFIED)
  })
})
