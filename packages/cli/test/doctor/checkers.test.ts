import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'
import { parse } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHECKS } from '../../src/doctor/checks.ts'
import { openContext } from '../../src/doctor/open-context.ts'
import { runChecks } from '../../src/doctor/run-checks.ts'
import { makeAuthority, openHealthySet, type HealthySet, type SpoiltSet } from './healthy-set.ts'
import { entryOf, expectFound, untilTestEnds, type Mistake } from './mistake.ts'

/** Of `checkers` in the gateway's configuration. */
const LIMITS = 1

let healthy: HealthySet
beforeAll(async () => {
  healthy = await openHealthySet(24_620)
})
afterAll(() => healthy.close())

const spoil = (set: SpoiltSet, change: Readonly<Record<string, unknown>>): Promise<void> =>
  set.edit(entryOf('checkers', LIMITS, change))

/** The address of limits in the healthy set. */
async function limitsUrl(): Promise<URL> {
  const { checkers } = parse(await readFile(`${healthy.folder}/gateway.yaml`, 'utf8')) as {
    checkers: { service_address: string }[]
  }
  return new URL(checkers[LIMITS]!.service_address)
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  untilTestEnds(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const webSite = (): Promise<string> => listening(createHttp((_, response) => response.end('<h1>It works!</h1>')))

const MISTAKES: readonly Mistake[] = [
  {
    what: 'a checker does not run',
    make: (set) => spoil(set, { service_address: 'https://127.0.0.1:1' }),
    check: 'checker limits',
    found: /^https:\/\/127\.0\.0\.1:1: nobody listens on 127\.0\.0\.1:1$/,
    fix: /^Start limits, or correct host and port in checkers\[1\]\.service_address$/,
    mend: async (set) => spoil(set, { service_address: (await limitsUrl()).origin }),
  },
  {
    what: 'the host of a checker is not known',
    make: (set) => spoil(set, { service_address: 'https://limits.invalid:11024' }),
    check: 'checker limits',
    found: /the host name limits\.invalid is not known/,
    fix: /Correct the host in checkers\[1\]\.service_address.*getent hosts limits\.invalid/,
  },
  {
    what: 'the pinned key is not that of the checker who answers',
    make: async (set) => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      await writeFile(set.path('keys/limits.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    },
    check: 'checker limits',
    found: /its answer is not signed with the key in checkers\[1\]\.pubkey_path \(.*keys\/limits\.pub\)/,
    fix: /Copy the public half of identity\.private_key of limits over .*keys\/limits\.pub/,
    mend: async (set) => writeFile(set.path('keys/limits.pub'), await readFile(`${healthy.folder}/keys/limits.pub`)),
  },
  {
    what: 'a checker is called otherwise than it calls itself',
    make: (set) =>
      set.edit((config) => {
        const renamed = entryOf('checkers', LIMITS, { name: 'limits-eu' })(config)
        const quorum = (config['quorum'] as readonly { require: string[] }[]).map((entry) => ({
          ...entry,
          require: entry.require.map((name) => (name === 'limits' ? 'limits-eu' : name)),
        }))
        return { ...renamed, quorum }
      }),
    check: 'checker limits-eu',
    found: /signs with the right key as "limits", and the entry is called limits-eu/,
    fix: /^Write name: limits in checkers\[1\] \(and in quorum\), or service_name: limits-eu/,
  },
  {
    what: 'another authority is trusted than the one that signed',
    make: async (set) => {
      await writeFile(set.path('tls/other.pem'), (await makeAuthority()).pem)
      await spoil(set, { tls: { ca: 'tls/other.pem' } })
    },
    check: 'checker limits',
    found: /its certificate is not signed by an authority that is trusted here/,
    fix: /Write the authority that signed the certificate of limits into checkers\[1\]\.tls\.ca/,
    mend: (set) => spoil(set, { tls: { ca: 'tls/ca.pem' } }),
  },
  {
    what: 'the certificate of a checker is for another host',
    make: async (set, { authority }) => {
      const { cert, key } = await authority.issue('elsewhere.example')
      const address = await listening(createHttps({ cert, key }))
      await spoil(set, { service_address: `https://localhost:${address.split(':')[1] ?? ''}` })
    },
    check: 'checker limits',
    found: /its certificate is not for localhost/,
    fix: /Write a name that stands in the certificate of limits into checkers\[1\]\.service_address/,
  },
  {
    what: 'the certificate of a checker has ended',
    make: async (set, { authority }) => {
      const { cert, key } = await authority.issue('localhost', 2, Date.now() - 3 * 86_400_000)
      await spoil(set, { service_address: `https://${await listening(createHttps({ cert, key }))}` })
    },
    check: 'checker limits',
    found: /its certificate has ended/,
    fix: /^Have the certificate of limits renewed/,
  },
  {
    what: 'the pin is not that of the checker',
    make: (set) => spoil(set, { tls: { ca: 'tls/ca.pem', pin_sha256: `${'A'.repeat(43)}=` } }),
    check: 'checker limits',
    found: /the key of its certificate is not the one in pin_sha256/,
    fix: /write pin_sha256: "[A-Za-z0-9+/]{43}="/,
    mend: async (set) => {
      const { findings } = await set.doctor()
      const fix = findings.map((finding) => ('fix' in finding ? finding.fix : '')).join('\n')
      const pin = /pin_sha256: "([^"]+)"/.exec(fix)?.[1]
      await spoil(set, { tls: { ca: 'tls/ca.pem', pin_sha256: pin } })
    },
  },
  {
    what: 'a checker with TLS is asked without',
    make: async (set) => spoil(set, { service_address: `http://${(await limitsUrl()).host}`, tls: undefined }),
    check: 'checker limits',
    found: /it closed the connection, as a TLS server does that is asked with http/,
    fix: /Write https:\/\/ into checkers\[1\]\.service_address/,
  },
  {
    what: 'a checker without TLS is asked with it',
    make: async (set) => spoil(set, { service_address: `https://${await webSite()}` }),
    check: 'checker limits',
    found: /it speaks no TLS, and is asked with https/,
    fix: /Let limits serve TLS/,
  },
  {
    what: 'a checker is asked below a path that it does not serve',
    make: async (set) => spoil(set, { service_address: `${(await limitsUrl()).origin}/custody` }),
    check: 'checker limits',
    found: /\/custody\/v2\/check \(cobo-v2\): answers 404/,
    fix: /Add cobo-v2 to callback\[\]\.dialects of limits, or correct the path in checkers\[1\]\.service_address/,
    mend: async (set) => spoil(set, { service_address: (await limitsUrl()).origin }),
  },
  {
    what: 'the address of a checker is the path of one dialect, and callers ask in another',
    make: async (set) => spoil(set, { service_address: `${(await limitsUrl()).origin}/v1/check` }),
    check: 'checker limits',
    found: /\/v1\/check: names the path of another dialect, so that nothing in cobo-v2 is ever asked there/,
    fix: /Write checkers\[1\]\.service_address: https:\/\/\S+, to which the path of each dialect is added/,
    mend: async (set) => spoil(set, { service_address: (await limitsUrl()).origin }),
  },
  {
    what: 'something else listens where the checker should',
    make: async (set) => spoil(set, { service_address: `http://${await webSite()}`, tls: undefined }),
    check: 'checker limits',
    found: /answers HTTP 200 with what is no signed answer \(ERR_PROTOCOL_TOKEN_MALFORMED\)/,
    fix: /See what really listens there \(curl -v/,
  },
  {
    what: 'a checker takes connections and never answers',
    make: async (set) => spoil(set, { service_address: `https://${await listening(createTcp())}` }),
    args: ['--timeout', '1s'],
    check: 'checker limits',
    found: /it does not answer in time/,
    fix: /See whether limits hangs, or a firewall swallows the way to it/,
  },
]

test.each(MISTAKES)('finds that $what', (mistake) => expectFound(mistake, healthy))

test('finds that this machine is two minutes ahead of the database and of every checker', async () => {
  const path = `${healthy.folder}/gateway.yaml`
  const context = await openContext({ path, env: {}, timeoutMs: 4_000, nowMs: () => Date.now() + 120_000 })
  const clock = (await runChecks(CHECKS, context)).filter(({ check }) => check === 'clock')
  expect(clock).toHaveLength(3)
  for (const finding of clock)
    expect(finding).toEqual({
      status: 'failed',
      check: 'clock',
      found: expect.stringMatching(
        /this machine is 1(19|20|21)\.\d s ahead of (the database|checker (integrity|limits))/,
      ) as string,
      fix: expect.stringMatching(/Set both clocks by NTP \(timedatectl set-ntp true/) as string,
    })
})

test('of a checker that only Co-signers ask it says what could not be proved', async () => {
  const set = await healthy.copy()
  await set.edit((config) => ({
    ...config,
    callback: (config['callback'] as readonly object[]).map((listener) => ({
      ...listener,
      dialects: ['fireblocks-jwt'],
    })),
    callers: [
      {
        name: 'cosigner',
        platform: 'fireblocks',
        dialects: ['fireblocks-jwt'],
        organisation: 'org',
        pubkey_path: 'keys/cosigner-demo.pub',
        signer_ids: { [randomUUID()]: 'signer' },
      },
    ],
    quorum: [{ callers: ['cosigner'], kinds: ['tx-signing'], require: ['integrity', 'limits'] }],
  }))
  const { findings } = await set.doctor()
  expect(findings.filter(({ check }) => check === 'checker limits')).toEqual([
    {
      status: 'skipped',
      check: 'checker limits',
      found: expect.stringMatching(
        /\/v2\/tx_sign_request \(fireblocks-jwt\): reachable.*which key it signs with is proved only by its first real answer/,
      ) as string,
    },
  ])
})

test('an unreachable checker and an unreachable database do not keep it longer than its timeout', async () => {
  const [checker, database] = [await listening(createTcp()), await listening(createTcp())]
  const set = await healthy.copy()
  await spoil(set, { service_address: `https://${checker}` })
  await set.edit((config) => ({ ...config, database_url: `postgres://nobody:secret@${database}/nothing` }))
  const startedMs = performance.now()
  const { exitCode, findings, stdout } = await set.doctor(['--timeout', '1s'])
  expect(performance.now() - startedMs).toBeLessThan(6_000)
  expect(exitCode).toBe(1)
  expect(findings).toContainEqual({
    status: 'failed',
    check: 'database',
    found: expect.stringMatching(/accepts connections and does not answer/) as string,
    fix: expect.stringMatching(
      /^See whether PostgreSQL runs there and a firewall lets this machine in: pg_isready/,
    ) as string,
  })
  expect(findings.filter(({ status }) => status === 'failed').map(({ check }) => check)).toEqual([
    'database',
    'checker limits',
  ])
  expect(stdout).not.toContain('secret')
})
