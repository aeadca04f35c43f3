import { X509Certificate } from 'node:crypto'
import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rootLife } from '../src/certificates/certificate-life.ts'
import { coSignerPaths } from '../src/co-signer/co-signer-paths.ts'
import { renewCertificate } from '../src/co-signer/renew-certificate.ts'
import { runCommandLine } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const DAY_MS = 86_400_000
const NAMES = ['--host', 'callback.example.com', '--address', '10.0.0.5']

async function made(option: number): Promise<string> {
  const folder = await temporaryFolder()
  const args = ['keys', 'co-signer', '--dir', folder, '--name', 'cb', ...NAMES, '--option', String(option)]
  expect(await runCommandLine(args)).toMatchObject({ exitCode: 0 })
  return folder
}

const renew = (folder: string, ...more: readonly string[]) =>
  runCommandLine(['keys', 'co-signer-renew', '--dir', folder, '--name', 'cb', ...more])
const certificateIn = async (folder: string, file = 'cb-tls.pem') =>
  new X509Certificate(await readFile(join(folder, file)))

interface Renewed {
  readonly files: { readonly certificate: string; readonly previous: string }
  readonly certificate: { readonly pin: string; readonly not_after: string }
}

test('a pinned certificate is renewed for the same key and names, and the old one stays beside it', async () => {
  const folder = await made(2)
  const [before, text] = [await certificateIn(folder), await readFile(join(folder, 'cb-tls.pem'), 'utf8')]
  const { exitCode, stdout } = await renew(folder, '--days', '700', '--output', 'json')
  expect(exitCode).toBe(0)
  const { files, certificate } = JSON.parse(stdout) as Renewed
  const after = await certificateIn(folder)
  expect(after.publicKey.equals(before.publicKey)).toBe(true)
  expect([after.subject, after.issuer, after.subjectAltName]).toEqual([
    before.subject,
    before.subject,
    before.subjectAltName,
  ])
  expect(after.serialNumber).not.toBe(before.serialNumber)
  expect(after.verify(after.publicKey)).toBe(true)
  expect(after.validToDate.getTime() - after.validFromDate.getTime()).toBe(700 * DAY_MS + 3_600_000)
  expect(await readFile(files.previous, 'utf8')).toBe(text)
  expect((await readdir(folder)).sort()).toEqual([
    `cb-tls.${before.serialNumber.toLowerCase()}.pem`,
    'cb-tls.key',
    'cb-tls.pem',
  ])
  expect(certificate.not_after).toBe(after.validToDate.toISOString().replace('.000Z', 'Z'))
})

test('the pin that was printed at first is printed again', async () => {
  const folder = await made(4)
  const { stdout: first } = await renew(folder)
  const { stdout: second } = await renew(folder)
  const pin = /sha256\/\/\S{43}=/
  expect(pin.exec(second)?.[0]).toBe(pin.exec(first)?.[0])
  expect(first).toContain('as before')
  expect(await readdir(folder)).toHaveLength(6)
})

test('one of a Root-CA is signed by it again, with its key from wherever it is kept', async () => {
  const folder = await made(3)
  const safe = join(await temporaryFolder(), 'root.key')
  await rename(join(folder, 'cb-root-ca.key'), safe)
  const refused = await renew(folder)
  expect([refused.exitCode, refused.stdout]).toEqual([78, ''])
  expect(refused.stderr).toContain('cb-root-ca.key')
  expect(await renew(folder, '--root-ca-key', safe)).toMatchObject({ exitCode: 0 })
  const [server, root] = [await certificateIn(folder), await certificateIn(folder, 'cb-root-ca.pem')]
  expect([server.checkIssued(root), server.verify(root.publicKey)]).toEqual([true, true])
})

test.each([
  ['another key', 'cb-tls.key', 'is not the certificate of the key'],
  ['another Root-CA', 'cb-root-ca.pem', 'was not signed by the Root-CA'],
  ['another key of the Root-CA', 'cb-root-ca.key', 'is not the certificate of the key'],
])('%s beside it: refused, and nothing changes', async (_, file, problem) => {
  const [folder, other] = await Promise.all([made(3), made(3)])
  await copyFile(join(other, file), join(folder, file))
  const before = await readFile(join(folder, 'cb-tls.pem'), 'utf8')
  const { exitCode, stderr } = await renew(folder)
  expect(exitCode).toBe(1)
  expect(stderr).toContain(problem)
  expect(await readFile(join(folder, 'cb-tls.pem'), 'utf8')).toBe(before)
  expect(await readdir(folder)).toHaveLength(4)
})

test.each([
  ['nothing', undefined, 'cannot be read'],
  ['a chain', 'twice', 'expected one certificate'],
  ['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'holds no certificate'],
])('%s in the place of the certificate is refused', async (_, content, problem) => {
  const folder = await made(content === undefined ? 1 : 2)
  const path = join(folder, 'cb-tls.pem')
  if (content === 'twice') await writeFile(path, (await readFile(path, 'utf8')).repeat(2))
  else if (content !== undefined) await writeFile(path, content)
  const { exitCode, stderr } = await renew(folder)
  expect(exitCode).toBe(1)
  expect(stderr).toContain(problem)
})

test('a certificate never outlives the Root-CA that signs it', async () => {
  const folder = await made(5)
  const paths = coSignerPaths(folder, 'cb')
  const rootEndMs = rootLife(Date.now()).notAfter.getTime()
  const renewAt = (nowMs: number) => renewCertificate({ paths, days: 365, nowMs })
  await expect(renewAt(rootEndMs - 364 * DAY_MS)).rejects.toThrow('before the new certificate would')
  const { pem } = await renewAt(rootEndMs - 366 * DAY_MS)
  expect(new X509Certificate(pem).validToDate.getTime()).toBeLessThan(rootEndMs)
})
