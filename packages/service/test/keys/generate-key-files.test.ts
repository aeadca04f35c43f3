import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateRsaKeyFiles, loadPrivateKey, loadPublicKey } from '../../src/keys/index.ts'

let directory: string
let umask: number
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'generated keys '))
  umask = process.umask(0o077)
})
afterAll(async () => {
  process.umask(umask)
  await rm(directory, { recursive: true })
})

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test('a pair is written that the loaders accept, the private half for its owner only, whatever the umask', async () => {
  const { privatePath, publicPath } = await generateRsaKeyFiles(join(directory, 'new'), 'gateway')
  expect([privatePath, publicPath]).toEqual([join(directory, 'new/gateway.pem'), join(directory, 'new/gateway.pub')])
  expect([await modeOf(privatePath), await modeOf(publicPath)]).toEqual([0o600, 0o644])
  const [privateKey, publicKey] = await Promise.all([loadPrivateKey(privatePath), loadPublicKey(publicPath)])
  expect(publicKey.fingerprint).toBe(privateKey.fingerprint)
  expect(privateKey.key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65_537n })
  expect(await readFile(privatePath, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
  expect(await readdir(join(directory, 'new'))).toEqual(['gateway.pem', 'gateway.pub'])
})

test('the modulus is as long as asked for', async () => {
  const { publicPath } = await generateRsaKeyFiles(directory, 'long', 3072)
  expect((await loadPublicKey(publicPath)).key.asymmetricKeyDetails?.modulusLength).toBe(3072)
})

test.each(['.pem', '.pub'])('an existing %s is left as it is, and nothing is put beside it', async (suffix) => {
  const place = await mkdtemp(join(directory, 'taken-'))
  await writeFile(join(place, `limits${suffix}`), 'mine')
  await expect(generateRsaKeyFiles(place, 'limits')).rejects.toMatchObject({ code: 'ERR_SERVICE_KEY_EXISTS' })
  expect(await readdir(place)).toEqual([`limits${suffix}`])
  expect(await readFile(join(place, `limits${suffix}`), 'utf8')).toBe('mine')
})

test('of two at the same time one wins with a matching pair', async () => {
  const place = join(directory, 'race')
  const results = await Promise.allSettled([generateRsaKeyFiles(place, 'a'), generateRsaKeyFiles(place, 'a')])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const [privateKey, publicKey] = await Promise.all([
    loadPrivateKey(join(place, 'a.pem')),
    loadPublicKey(join(place, 'a.pub')),
  ])
  expect(publicKey.fingerprint).toBe(privateKey.fingerprint)
  expect(await readdir(place)).toEqual(['a.pem', 'a.pub'])
})

test.each(['../gateway', 'a/b', '', '.hidden', 'A'])('%o is no name of a key', async (name) => {
  await expect(generateRsaKeyFiles(directory, name)).rejects.toMatchObject({ code: 'ERR_SERVICE_KEY_NAME' })
})
