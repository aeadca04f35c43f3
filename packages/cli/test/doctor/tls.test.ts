import { chmod, copyFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, test } from 'vitest'
import type { Mapping } from '../../src/constellation/yaml-files.ts'
import { openHealthySet, type HealthySet, type SpoiltSet } from './healthy-set.ts'
import { expectFound, type Mistake } from './mistake.ts'

let healthy: HealthySet
beforeAll(async () => {
  healthy = await openHealthySet(23_820)
})
afterAll(() => healthy.close())

const DAY_MS = 86_400_000

const withCertificate = async (set: SpoiltSet, days: number, madeDaysAgo: number): Promise<void> => {
  const { cert, key } = await healthy.authority.issue('localhost', days, Date.now() - madeDaysAgo * DAY_MS)
  await writeFile(set.path('tls/server.pem'), cert)
  await writeFile(set.path('tls/server.key'), key, { mode: 0o600 })
}

const listenerTls = (change: Mapping) => (config: Mapping) => ({
  ...config,
  callback: (config['callback'] as readonly Mapping[]).map((listener) => ({
    ...listener,
    tls: { ...(listener['tls'] as Mapping), ...change },
  })),
})

const MISTAKES: readonly Mistake[] = [
  {
    what: 'the key is not that of the certificate',
    make: async (set, { authority }) => {
      await writeFile(set.path('tls/server.key'), (await authority.issue('localhost')).key)
    },
    check: 'tls files',
    found: /tls\/server\.key \(callback\[0\]\.tls\.key\): is not the key of the certificate in .*server\.pem/,
    fix: /Put the key there that the certificate was made for/,
    mend: (set) => withCertificate(set, 365, 0),
  },
  {
    what: 'the certificate has ended',
    make: (set) => withCertificate(set, 30, 40),
    check: 'tls files',
    found: /tls\/server\.pem \(callback\[0\]\.tls\.cert\): ended on \d{4}-\d{2}-\d{2}/,
    fix: /Have it renewed and put the new one into .*server\.pem/,
  },
  {
    what: 'the certificate ends soon',
    make: (set) => withCertificate(set, 90, 80),
    status: 'warning',
    check: 'tls files',
    found: /tls\/server\.pem \(callback\[0\]\.tls\.cert\): ends on/,
    fix: /Have it renewed/,
  },
  {
    what: 'the certificate is not valid yet',
    make: (set) => withCertificate(set, 90, -3),
    check: 'tls files',
    found: /tls\/server\.pem .*is valid only from/,
    fix: /Set this machine's clock right, or wait/,
  },
  {
    what: 'the certificate is missing',
    make: (set) => rm(set.path('tls/server.pem')),
    check: 'tls files',
    found: /tls\/server\.pem \(callback\[0\]\.tls\.cert\): does not exist; expected a certificate/,
    fix: /or change callback\[0\]\.tls\.cert/,
  },
  {
    what: 'others may read the key of the certificate',
    make: (set) => chmod(set.path('tls/server.key'), 0o644),
    check: 'tls files',
    found: /tls\/server\.key: is open to others \(mode 0644\)/,
    fix: /^chmod 0600 '.*server\.key'$/,
    mend: (set) => chmod(set.path('tls/server.key'), 0o600),
  },
  {
    what: 'the authority of the clients is a key',
    make: async (set) => {
      await copyFile(set.path('keys/limits.pub'), set.path('tls/clients.pem'))
      await set.edit(listenerTls({ client_ca: 'tls/clients.pem' }))
    },
    check: 'tls files',
    found:
      /tls\/clients\.pem \(callback\[0\]\.tls\.client_ca\): is a public key that cannot be used; expected one or more certificates/,
    fix: /Put the certificate of the authority there/,
    mend: (set) => copyFile(set.path('tls/ca.pem'), set.path('tls/clients.pem')),
  },
]

test.each(MISTAKES)('finds that $what', (mistake) => expectFound(mistake, healthy))
