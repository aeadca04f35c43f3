import { execFileSync } from 'node:child_process'
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/config/index.ts'
import { assertDistinctKeys, loadPrivateKey, loadPublicKey, spkiFingerprint } from '../../src/keys/index.ts'
import { makeRsaPems } from './rsa-pems.ts'

const rsa = makeRsaPems()
const fingerprint = createHash('sha256')
  .update(Buffer.from(rsa.spki.replace(/-----[^-]+-----|\s/g, ''), 'base64'))
  .digest('hex')

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys '))
})
afterAll(() => rm(directory, { recursive: true }))

let files = 0
async function place(content: string, mode = 0o600): Promise<string> {
  files += 1
  const path = join(directory, `${files}.pem`)
  await writeFile(path, content)
  await chmod(path, mode)
  return path
}

async function problemOf(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.then(
    () => new TypeError('nothing was refused'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConfigError)) throw error
  expect(error.problems).toHaveLength(1)
  return error.problems[0] ?? ''
}

describe('a private key', () => {
  test.each([
    ['PKCS#1', rsa.pkcs1],
    ['PKCS#8', rsa.pkcs8],
    ['PKCS#8 with CRLF', rsa.pkcs8.replaceAll('\n', '\r\n')],
  ])('in %s is read with the fingerprint of its public half', async (_, pem) => {
    const path = await place(pem)
    const loaded = await loadPrivateKey(path)
    expect(loaded).toMatchObject({ fingerprint, path })
    expect(loaded.key.equals(rsa.privateKey)).toBe(true)
  })

  test.each([0o600, 0o400, 0o640, 0o660])('of mode %o is accepted', async (mode) => {
    await expect(loadPrivateKey(await place(rsa.pkcs8, mode))).resolves.toMatchObject({ fingerprint })
  })

  test.each([0o604, 0o602, 0o601, 0o644, 0o666])('of mode %o is refused', async (mode) => {
    const path = await place(rsa.pkcs8, mode)
    expect(await problemOf(loadPrivateKey(path))).toBe(
      `${path}: is open to others (mode 0${mode.toString(8)}); expected mode 0600, or 0640 for a group; example chmod 0600 '${path}'`,
    )
  })

  test('behind a symbolic link is judged by the file and not by the link', async () => {
    const path = join(directory, 'link.pem')
    await symlink(await place(rsa.pkcs8, 0o644), path)
    expect(await problemOf(loadPrivateKey(path))).toContain('is open to others')
  })
})

describe('a private key', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const ed = generateKeyPairSync('ed25519').privateKey
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey
  test.each([
    ['that is public', rsa.spki, 'holds a PEM block "PUBLIC KEY"'],
    ['that is encrypted', rsa.encrypted, 'holds a PEM block "ENCRYPTED PRIVATE KEY"'],
    ['on a curve, SEC 1', ec.export({ type: 'sec1', format: 'pem' }), 'holds a PEM block "EC PRIVATE KEY"'],
    ['on a curve, PKCS#8', ec.export({ type: 'pkcs8', format: 'pem' }), 'holds a ec key'],
    ['Ed25519', ed.export({ type: 'pkcs8', format: 'pem' }), 'holds a ed25519 key'],
    ['bound to RSA-PSS', pss.export({ type: 'pkcs8', format: 'pem' }), 'holds a rsa-pss key'],
    ['of 1024 bits', makeRsaPems(1024).pkcs8, 'has a modulus of 1024 bits; expected 2048 to 8192 bits'],
    ['of 2047 bits', makeRsaPems(2047).pkcs8, 'has a modulus of 2047 bits'],
    ['beside another', rsa.pkcs8 + rsa.pkcs1, 'holds 2 PEM blocks'],
    ['beside its public half', rsa.pkcs8 + rsa.spki, 'holds 2 PEM blocks'],
    ['cut short', rsa.pkcs8.slice(0, 800), 'cannot be decoded'],
    ['damaged', rsa.pkcs8.replace(/\n(.{10})/, '\nAAAAAAAAAA'), 'cannot be decoded'],
    ['labelled wrongly', rsa.spki.replaceAll('PUBLIC', 'PRIVATE'), 'cannot be decoded'],
    ['without PEM', 'correct horse', 'holds no PEM block'],
    ['of nothing', '', 'holds no PEM block'],
    ['too large', `${rsa.pkcs8}${'\n'.repeat(20_000)}`, 'is larger than'],
  ])('%s is refused', async (_, pem, reason) => {
    const path = await place(pem.toString())
    expect(await problemOf(loadPrivateKey(path))).toContain(
      `${path}: ${reason === 'cannot be decoded' ? 'holds a PEM block that ' : ''}${reason}`,
    )
  })

  test('in no message shows what is in the file', async () => {
    const secret = rsa.pkcs8.split('\n')[1] ?? ''
    for (const pem of [rsa.pkcs8.slice(0, 800), rsa.pkcs8 + rsa.pkcs8, secret, rsa.encrypted]) {
      expect(await problemOf(loadPrivateKey(await place(pem)))).not.toContain(secret.slice(0, 8))
    }
  })

  test('that is absent or a directory is refused', async () => {
    expect(await problemOf(loadPrivateKey(join(directory, 'absent.pem')))).toContain('cannot be opened (ENOENT)')
    expect(await problemOf(loadPrivateKey(directory))).toContain('is not a regular file')
  })

  test('whose place holds a pipe is refused at once, not waited for', async () => {
    const path = join(directory, 'pipe')
    execFileSync('mkfifo', ['-m', '600', path])
    expect(await problemOf(loadPrivateKey(path))).toContain('is not a regular file')
  })
})

describe('a public key', () => {
  test.each([
    ['SPKI', rsa.spki],
    ['PKCS#1', rsa.publicPkcs1],
  ])('in %s is read, whoever may read it', async (_, pem) => {
    const path = await place(pem, 0o644)
    const loaded = await loadPublicKey(path)
    expect(loaded).toMatchObject({ fingerprint, path })
    expect(loaded.key.type).toBe('public')
  })

  const jwk = createPublicKey(rsa.spki).export({ format: 'jwk' })
  const withExponent = (e: string) =>
    createPublicKey({ format: 'jwk', key: { ...jwk, e } }).export({ type: 'spki', format: 'pem' })
  test.each([
    ['that is private, PKCS#8', rsa.pkcs8, 'holds a PEM block "PRIVATE KEY"'],
    ['that is private, PKCS#1', rsa.pkcs1, 'holds a PEM block "RSA PRIVATE KEY"'],
    ['in a certificate', rsa.spki.replaceAll('PUBLIC KEY', 'CERTIFICATE'), 'holds a PEM block "CERTIFICATE"'],
    ['of 1024 bits', makeRsaPems(1024).spki, 'has a modulus of 1024 bits'],
    ['of exponent 1', withExponent('AQ').toString(), 'has the public exponent 1'],
    ['of an even exponent', withExponent('AQAA').toString(), 'has the public exponent 65536'],
    ['damaged', rsa.spki.replace(/\n(.{10})/, '\nAAAAAAAAAA'), 'holds a PEM block that cannot be decoded'],
  ])('%s is refused', async (_, pem, reason) => {
    const path = await place(pem, 0o644)
    expect(await problemOf(loadPublicKey(path))).toContain(`${path}: ${reason}`)
  })
})

test('the fingerprint is that of `openssl pkey -pubin -outform DER | sha256sum`, for both halves', () => {
  const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: rsa.spki })
  const expected = createHash('sha256').update(der).digest('hex')
  expect(spkiFingerprint(rsa.privateKey)).toBe(expected)
  expect(spkiFingerprint(createPublicKey(rsa.publicPkcs1))).toBe(expected)
})

describe('keys in several roles', () => {
  test('are accepted when every key has one', () => {
    expect(() => {
      assertDistinctKeys([
        { role: 'a', fingerprint: '1' },
        { role: 'b', fingerprint: '2' },
      ])
    }).not.toThrow()
  })

  test('are refused with all roles of each key that has more', () => {
    const keys = [
      { role: 'identity', fingerprint: '1' },
      { role: 'caller a', fingerprint: '2' },
      { role: 'checker limits', fingerprint: '1' },
      { role: 'caller b', fingerprint: '2' },
      { role: 'caller c', fingerprint: '1' },
    ]
    expect(() => {
      assertDistinctKeys(keys)
    }).toThrow(
      new ConfigError([
        'identity and checker limits and caller c: are the same key 1; expected a key of its own for each',
        'caller a and caller b: are the same key 2; expected a key of its own for each',
      ]),
    )
  })
})
