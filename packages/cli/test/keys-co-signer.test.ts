import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadPrivateKey } from '@callback-quorum/service'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const HOST = 'callback.example.com'
const DAY_MS = 86_400_000

interface Report {
  readonly files: Readonly<Record<string, string>>
  readonly handler_key?: string
  readonly certificate?: {
    readonly pin: string
    readonly not_after: string
    readonly renew_from: string
    readonly sha256: string
  }
  readonly api: {
    readonly method: string
    readonly path: string
    readonly body: { readonly callbackHandler: Record<string, string> }
  }
  readonly warnings: readonly string[]
  readonly configuration: string
}

function args(folder: string, option: number | string, ...more: readonly string[]): readonly string[] {
  return ['keys', 'co-signer', '--dir', folder, '--name', 'cb', '--host', HOST, '--option', String(option), ...more]
}

async function made(option: number, ...more: readonly string[]): Promise<{ folder: string; report: Report }> {
  const folder = await temporaryFolder()
  const { exitCode, stdout, stderr } = await runCommandLine([...args(folder, option, ...more), '--output', 'json'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return { folder, report: JSON.parse(stdout) as Report }
}

const certificateIn = async (folder: string, file: string) => new X509Certificate(await readFile(join(folder, file)))

test.each([
  [1, ['cb.pem', 'cb.pub'], ['publicKey', 'url']],
  [2, ['cb-tls.key', 'cb-tls.pem'], ['cert', 'url']],
  [3, ['cb-root-ca.key', 'cb-root-ca.pem', 'cb-tls.key', 'cb-tls.pem'], ['cert', 'url']],
  [4, ['cb-tls.key', 'cb-tls.pem', 'cb.pem', 'cb.pub'], ['cert', 'publicKey', 'url']],
  [
    5,
    ['cb-root-ca.key', 'cb-root-ca.pem', 'cb-tls.key', 'cb-tls.pem', 'cb.pem', 'cb.pub'],
    ['cert', 'publicKey', 'url'],
  ],
] as const)(
  'option %i makes what it needs and nothing else, and hands over what belongs to the Co-signer',
  async (option, files, members) => {
    const { folder, report } = await made(option)
    expect((await readdir(folder)).sort()).toEqual([...files].sort())
    for (const file of files) {
      const isSecret = file.endsWith('.key') || file === 'cb.pem'
      const { mode } = await stat(join(folder, file))
      expect([file, mode & 0o777]).toEqual([file, isSecret ? 0o600 : 0o644])
      if (isSecret) {
        const text = await readFile(join(folder, file), 'utf8')
        expect(text).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
        expect(createPrivateKey(text).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
      }
    }
    const { callbackHandler } = report.api.body
    expect(Object.keys(callbackHandler).sort()).toEqual(members)
    expect(callbackHandler['url']).toBe(`https://${HOST}:11443`)
    expect(JSON.stringify(report)).not.toContain('PRIVATE')
  },
)

test('the public key that is handed over is the one of the handler, and its fingerprint is printed', async () => {
  const { folder, report } = await made(4)
  const { fingerprint, key } = await loadPrivateKey(join(folder, 'cb.pem'))
  expect(report.handler_key).toBe(fingerprint)
  expect(report.api.body.callbackHandler['publicKey']).toBe(
    createPublicKey(key).export({ type: 'spki', format: 'pem' }),
  )
  expect(report.api.body.callbackHandler['cert']).toBe(await readFile(join(folder, 'cb-tls.pem'), 'utf8'))
})

describe('certificates', () => {
  test('a pinned one is signed by its own key, for servers only, under all its names', async () => {
    const { folder, report } = await made(
      2,
      '--address',
      '10.0.0.5',
      '--address',
      '2001:db8::5',
      '--address',
      '::ffff:10.0.0.7',
    )
    const certificate = await certificateIn(folder, 'cb-tls.pem')
    expect(certificate).toMatchObject({ issuer: certificate.subject, ca: false, keyUsage: ['1.3.6.1.5.5.7.3.1'] })
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey((await loadPrivateKey(join(folder, 'cb-tls.key'))).key)).toBe(true)
    expect(certificate.checkHost(HOST, { subject: 'never' })).toBe(HOST)
    expect(certificate.checkHost('other.example.com')).toBeUndefined()
    for (const address of ['10.0.0.5', '2001:db8::5', '::ffff:10.0.0.7'])
      expect(certificate.checkIP(address)).toBe(address)
    expect(certificate.checkIP('10.0.0.6')).toBeUndefined()
    expect(report.certificate?.sha256).toBe(certificate.fingerprint256)
    expect(report.certificate?.pin).toMatch(/^sha256\/\/[A-Za-z0-9+/]{43}=$/)
  })

  test('one of a Root-CA is signed by it; the file holds the server alone, and the Co-signer gets the root', async () => {
    const { folder, report } = await made(5)
    const text = await readFile(join(folder, 'cb-tls.pem'), 'utf8')
    const [server, root] = [new X509Certificate(text), await certificateIn(folder, 'cb-root-ca.pem')]
    expect(text.split('-----BEGIN')).toHaveLength(2)
    expect([server.checkIssued(root), server.verify(root.publicKey), server.ca, root.ca]).toEqual([
      true,
      true,
      false,
      true,
    ])
    expect(server.publicKey.equals(root.publicKey)).toBe(false)
    expect(report.api.body.callbackHandler['cert']).toBe(await readFile(join(folder, 'cb-root-ca.pem'), 'utf8'))
    expect(root.validToDate.getTime() - Date.now()).toBeGreaterThan(3_649 * DAY_MS)
  })

  test('it holds from an hour ago for the days that were asked for, and says when to renew', async () => {
    const { folder, report } = await made(2, '--days', '60')
    const { validFromDate, validToDate } = await certificateIn(folder, 'cb-tls.pem')
    expect(validToDate.getTime() - validFromDate.getTime()).toBe(60 * DAY_MS + 3_600_000)
    expect(Math.abs(Date.now() - 3_600_000 - validFromDate.getTime())).toBeLessThan(20_000)
    expect(report.certificate?.not_after).toBe(validToDate.toISOString().replace('.000Z', 'Z'))
    // A third of sixty days and an hour.
    expect(validToDate.getTime() - Date.parse(report.certificate?.renew_from ?? '')).toBe(20 * DAY_MS + 1_200_000)
  })

  test('two have different serial numbers, of a positive sixteen bytes', async () => {
    const numbers = await Promise.all(
      [made(2), made(2)].map(async (one) => (await certificateIn((await one).folder, 'cb-tls.pem')).serialNumber),
    )
    expect(new Set(numbers).size).toBe(2)
    for (const number of numbers) expect(number).toMatch(/^[4-7][0-9A-F]{31}$/)
  })
})

test.each(['cb.pem', 'cb.pub', 'cb-tls.key', 'cb-tls.pem', 'cb-root-ca.key', 'cb-root-ca.pem'])(
  'an existing %s is left as it is, and nothing is put beside it',
  async (file) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, file), 'mine')
    const { exitCode, stdout, stderr } = await runCommandLine(args(folder, 5))
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^error: ERR_SERVICE_KEY_EXISTS/)
    expect(await readdir(folder)).toEqual([file])
    expect(await readFile(join(folder, file), 'utf8')).toBe('mine')
  },
)

test.each([
  [['--option', '6'], /Allowed choices are 1, 2, 3, 4, 5/],
  [['--host', '10.0.0.5'], /addresses go into --address/],
  [['--host', 'Callback.example.com'], /host name in lower case/],
  [['--host', '*.example.com'], /host name in lower case/],
  [['--host', `${'a'.repeat(64)}.example.com`], /host name in lower case/],
  [['--address', '10.0.0'], /expected an IPv4 or IPv6 address/],
  [['--address', 'fe80::1%eth0'], /expected an IPv4 or IPv6 address/],
  [Array.from({ length: 17 }, (_, n) => ['--address', `10.0.0.${n + 1}`]).flat(), /expected up to 16/],
  [['--days', '826'], /from 1 to 825/],
  [['--days', '0'], /from 1 to 825/],
  [['--port', '65536'], /from 1 to 65535/],
  [['--name', '../cb'], /expected a-z, 0-9 and -/],
])('refuses %j and makes nothing', async (more, problem) => {
  const folder = await temporaryFolder()
  const { exitCode, stderr } = await runCommandLine([...args(folder, 4), ...more])
  expect(exitCode).toBe(64)
  expect(stderr).toMatch(problem)
  expect(await readdir(folder)).toEqual([])
})

test('a long host name stands among the alternative names, which are what is compared', async () => {
  const long = `callback-of-the-custody-department.${'region-of-the-company.'.repeat(3)}example.com`
  const { folder } = await made(2, '--host', long)
  const certificate = await certificateIn(folder, 'cb-tls.pem')
  expect(certificate.subject).toBe('CN=callback-of-the-custody-department')
  expect(certificate.checkHost(long)).toBe(long)
})

describe('what is printed', () => {
  test('holds the commands of the Co-signer, the pin, the dates and our own configuration', async () => {
    const folder = await temporaryFolder()
    const { stdout } = await runCommandLine(args(folder, 4))
    const certificate = await certificateIn(folder, 'cb-tls.pem')
    for (const part of [
      'option 4: hybrid: public key and certificate pinning',
      './cosigner print-public-key',
      './fireblocks/cosigner print-public-key',
      'PATCH /cosigners/{cosignerId}/api_keys/{apiKeyId}',
      'changes only the URL',
      'SGX only',
      'UNCERTAIN',
      certificate.fingerprint256,
      certificate.validToDate.toISOString().slice(0, 10),
      `"url":"https://${HOST}:11443"`,
      'dialects: [fireblocks-jwt]',
    ])
      expect(stdout).toContain(part)
    expect(stdout).not.toContain('PRIVATE KEY')
  })

  test.each([
    [1, ['callback', 'callers', 'identity'], 'fireblocks-jwt'],
    [2, ['callback', 'callers', 'identity'], 'fireblocks-json'],
    [3, ['callback', 'callers', 'identity'], 'fireblocks-json'],
    [4, ['callback', 'callers', 'identity'], 'fireblocks-jwt'],
    [5, ['callback', 'callers', 'identity'], 'fireblocks-jwt'],
  ])(
    'the configuration of option %i is YAML with its dialect on listener and caller',
    async (option, blocks, dialect) => {
      const { folder, report } = await made(option, '--port', '443')
      const configuration = parse(report.configuration) as Record<string, unknown>
      expect(Object.keys(configuration)).toEqual(blocks)
      expect(configuration).toMatchObject({
        callback: [{ listen: '0.0.0.0:443', dialects: [dialect] }],
        callers: [{ platform: 'fireblocks', dialects: [dialect] }],
      })
      expect(report.api.body.callbackHandler['url']).toBe(`https://${HOST}`)
      if (option === 2) {
        expect(configuration).toMatchObject({
          callback: [
            {
              tls: { cert: join(folder, 'cb-tls.pem'), key: join(folder, 'cb-tls.key') },
              allow_from: ['192.0.2.10/32'],
            },
          ],
        })
      }
    },
  )
})
