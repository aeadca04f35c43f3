import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../../src/log.ts'
import { createCertificates } from '../../src/metrics/index.ts'
import { certify } from './service-rig.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cq certificates '))
  await certify(folder, 'short', 3)
  await certify(folder, 'long', 300)
})
afterAll(() => rm(folder, { recursive: true }))

const log = createLogger({ name: 'rig', level: 'silent' })
const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
const endOf = async (name: string): Promise<number> => new X509Certificate(await text(name)).validToDate.getTime()

test('of several certificates in one file the first that ends counts, wherever it stands', async () => {
  const certificates = createCertificates(folder, log)
  certificates.use('a', `${await text('short.pem')}${await text('long.pem')}`)
  certificates.use(
    'b',
    `Subject: CN=long\n${await text('long.pem')}\n${await text('short.key')}${await text('short.pem')}`,
  )
  certificates.use('c', await text('long.pem'))
  expect(await certificates.all()).toEqual(
    new Map([
      ['a', await endOf('short.pem')],
      ['b', await endOf('short.pem')],
      ['c', await endOf('long.pem')],
    ]),
  )
})

test('what is used from now on replaces what was used before, also by nothing readable', async () => {
  const certificates = createCertificates(folder, log)
  certificates.use('a', await text('short.pem'))
  certificates.use('a', await text('long.pem'))
  expect(await certificates.all()).toEqual(new Map([['a', await endOf('long.pem')]]))
  certificates.use('a', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
  expect(await certificates.all()).toEqual(new Map())
})

test('a file that is used until the process ends counts as it was read', async () => {
  const certificates = createCertificates(folder, log)
  await writeFile(join(folder, 'ca.pem'), await text('short.pem'))
  await certificates.useFiles([
    { role: 'a', path: 'ca.pem' },
    { role: 'b', path: undefined },
    { role: 'c', path: 'missing.pem' },
  ])
  await writeFile(join(folder, 'ca.pem'), await text('long.pem'))
  expect(await certificates.all()).toEqual(new Map([['a', await endOf('short.pem')]]))
})

test('a file that is read again whenever it is used counts as it is, and not at all when it is gone', async () => {
  const certificates = createCertificates(folder, log)
  await writeFile(join(folder, 'ca.pem'), await text('short.pem'))
  certificates.followFiles([
    { role: 'a', path: 'ca.pem' },
    { role: 'b', path: undefined },
  ])
  expect(await certificates.all()).toEqual(new Map([['a', await endOf('short.pem')]]))
  await writeFile(join(folder, 'ca.pem'), await text('long.pem'))
  await expect.poll(() => certificates.all(), { timeout: 5_000 }).toEqual(new Map([['a', await endOf('long.pem')]]))
  await rm(join(folder, 'ca.pem'))
  await expect.poll(() => certificates.all(), { timeout: 5_000 }).toEqual(new Map())
})
