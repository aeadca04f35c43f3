import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, test } from 'vitest'
import { openHealthySet, type HealthySet } from './healthy-set.ts'
import { entryOf, expectFound, type Mistake } from './mistake.ts'

let healthy: HealthySet
beforeAll(async () => {
  healthy = await openHealthySet(23_420)
})
afterAll(() => healthy.close())

const publicPem = (type: 'rsa' | 'ec', bits = 2048): string => {
  const { publicKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

const MISTAKES: readonly Mistake[] = [
  {
    what: 'the private key is not where the configuration says',
    make: (set) => rename(set.path('keys/gateway.pem'), set.path('keys/gateway.key')),
    check: 'keys',
    found: /^keys\/gateway\.pem \(identity\.private_key\): does not exist; expected a private RSA key/,
    fix: /right path into identity\.private_key.*callback-quorum keys generate/,
    mend: (set) =>
      set.edit((config) => ({
        ...config,
        identity: { private_key: 'keys/gateway.key', internal_key: 'keys/gateway-internal.pem' },
      })),
  },
  {
    what: 'the public half is named in the place of the private key',
    make: (set) =>
      set.edit((config) => ({
        ...config,
        identity: { private_key: 'keys/gateway.pub', internal_key: 'keys/gateway-internal.pem' },
      })),
    check: 'keys',
    found: /^keys\/gateway\.pub \(identity\.private_key\): is a public key; expected a private key/,
    fix: /Name the private half in identity\.private_key/,
  },
  {
    what: "a checker's private key was handed over instead of the public one",
    make: (set) => copyFile(set.path('keys/limits.pem'), set.path('keys/limits.pub')),
    check: 'keys',
    found: /^keys\/limits\.pub \(checkers\[1\]\.pubkey_path\): is a private key; expected a public key/,
    fix: /openssl pkey -in '.*limits\.pub' -pubout.*have it replaced/,
    mend: async (set) => {
      await rm(set.path('keys/limits.pub'))
      execFileSync('openssl', [
        'pkey',
        '-in',
        set.path('keys/limits.pem'),
        '-pubout',
        '-out',
        set.path('keys/limits.pub'),
      ])
    },
  },
  {
    what: 'a certificate lies where a public key is to be',
    make: (set) => copyFile(set.path('tls/server.pem'), set.path('keys/node-demo.pub')),
    check: 'keys',
    found: /^keys\/node-demo\.pub \(callers\[0\]\.pubkey_path\): is a certificate; expected a public key/,
    fix: /openssl x509 -in '.*node-demo\.pub' -noout -pubkey/,
  },
  {
    what: 'the private key may be read by everybody',
    make: (set) => chmod(set.path('keys/gateway.pem'), 0o644),
    check: 'keys',
    found: /keys\/gateway\.pem: is open to others \(mode 0644\); expected 0600/,
    fix: /^chmod 0600 '.*keys\/gateway\.pem'$/,
    mend: (set) => chmod(set.path('keys/gateway.pem'), 0o600),
  },
  {
    what: 'others may exchange the keys in their folder',
    make: (set) => chmod(set.path('keys'), 0o777),
    check: 'keys',
    found: /keys: others may exchange the keys in it \(mode 0777\)/,
    fix: /^chmod 0700 '.*keys'$/,
    mend: (set) => chmod(set.path('keys'), 0o700),
  },
  {
    what: "a caller's key is too short",
    make: (set) => writeFile(set.path('keys/node-demo.pub'), publicPem('rsa', 1024)),
    check: 'keys',
    found: /^keys\/node-demo\.pub .*has 1024 bits; expected at least 2048/,
    fix: /Have caller node-demo make an RSA key/,
  },
  {
    what: "a caller's key is of another sort",
    make: (set) => writeFile(set.path('keys/node-demo.pub'), publicPem('ec')),
    check: 'keys',
    found: /^keys\/node-demo\.pub .*is a key of type ec; expected rsa/,
    fix: /Have caller node-demo make an RSA key/,
  },
  {
    what: 'the private key has a passphrase',
    make: async (set) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const
      await writeFile(set.path('keys/gateway.pem'), privateKey.export(cipher))
    },
    check: 'keys',
    found: /^keys\/gateway\.pem .*is an encrypted private key; expected a private key/,
    fix: /Take the passphrase off: openssl pkey -in/,
  },
  {
    what: 'the same key was copied for two checkers',
    make: (set) => copyFile(set.path('keys/limits.pub'), set.path('keys/integrity.pub')),
    check: 'keys',
    found: /checker integrity and checker limits have one key: checkers\[0\]\.pubkey_path .*checkers\[1\]\.pubkey_path/,
    fix: /copy the right key over the other/,
  },
  {
    what: 'a private key lies in a file that ends like a public one',
    make: async (set) => {
      await mkdir(set.path('private'), { mode: 0o700 })
      await copyFile(set.path('keys/gateway.pem'), set.path('private/gateway.pub'))
      await chmod(set.path('private/gateway.pub'), 0o600)
      await set.edit((config) => ({
        ...config,
        identity: { private_key: 'private/gateway.pub', internal_key: 'keys/gateway-internal.pem' },
      }))
    },
    check: 'keys',
    found: /^private\/gateway\.pub \(identity\.private_key\): a private key in a file that is named like a public one/,
    fix: /Rename it to \.pem/,
  },
  {
    what: 'a key file was cut off',
    make: async (set) => {
      const text = await readFile(set.path('keys/node-demo.pub'), 'utf8')
      await writeFile(set.path('keys/node-demo.pub'), text.replace(/^(.*\n.*\n)[^]*(-----END)/, '$1$2'))
    },
    check: 'keys',
    found: /^keys\/node-demo\.pub .*cannot be decoded/,
    fix: /Copy the public key again, as a whole file/,
  },
  {
    what: "the last day of a checker's only key is over",
    make: (set) =>
      set.edit(entryOf('checkers', 1, { pubkey_path: [{ file: 'keys/limits.pub', not_after: '2026-01-31' }] })),
    check: 'key dates',
    found: /^checker limits \(checkers\[1\]\.pubkey_path\): its last key was accepted until 2026-01-31/,
    fix: /Add the new key of checker limits to checkers\[1\]\.pubkey_path, or move not_after/,
    mend: (set) => set.edit(entryOf('checkers', 1, { pubkey_path: [{ file: 'keys/limits.pub' }] })),
  },
  {
    what: "the last day of a caller's only key is near",
    make: (set) =>
      set.edit(entryOf('callers', 0, { pubkey_path: [{ file: 'keys/node-demo.pub', not_after: dayFromNow(10) }] })),
    status: 'warning',
    check: 'key dates',
    found: /^caller node-demo \(callers\[0\]\.pubkey_path\): its last key is accepted until/,
    fix: /Add the next key of caller node-demo/,
  },
  {
    what: 'the same, where warnings fail',
    make: (set) =>
      set.edit(entryOf('callers', 0, { pubkey_path: [{ file: 'keys/node-demo.pub', not_after: dayFromNow(10) }] })),
    args: ['--strict'],
    status: 'warning',
    check: 'key dates',
    found: /caller node-demo/,
    fix: /Add the next key/,
    exitCode: 1,
  },
  {
    what: 'the public half that is handed out belongs to another key',
    make: (set) => copyFile(set.path('keys/sanctions.pub'), set.path('keys/gateway.pub')),
    check: 'token round trip',
    found: /^identity\.private_key: .*keys\/gateway\.pub is not the public half of gateway\.pem/,
    fix: /^openssl pkey -in '.*gateway\.pem' -pubout -out '.*gateway\.pub'/,
    mend: async (set) => {
      execFileSync('openssl', [
        'pkey',
        '-in',
        set.path('keys/gateway.pem'),
        '-pubout',
        '-out',
        set.path('keys/gateway.pub'),
      ])
    },
  },
]

test.each(MISTAKES)('finds that $what', (mistake) => expectFound(mistake, healthy))
