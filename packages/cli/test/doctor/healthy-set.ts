import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayMigrations, readGatewayConfig, startGateway } from '@callback-quorum/gateway'
import { readIntegrityConfig, startIntegrity } from '@callback-quorum/integrity'
import { readLimitsConfig, startLimits } from '@callback-quorum/limits'
import { createTestDatabase, migrate, type Database } from '@callback-quorum/service'
import { inject } from 'vitest'
import { parse, stringify } from 'yaml'
import { leafLife, rootLife } from '../../src/certificates/certificate-life.ts'
import { makeRootCa, makeServerCertificate } from '../../src/certificates/make-certificate.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { planOf, writeDemoConfiguration, type ServiceName } from '../../src/index.ts'
import type { Mapping } from '../../src/constellation/yaml-files.ts'
import { runCommandLine } from '../command-line.ts'

const ASKED = ['integrity', 'limits'] as const
const NODE = 'node-demo'

export interface Examined {
  readonly exitCode: number
  readonly stdout: string
  readonly findings: readonly Finding[]
}

/** A copy of the healthy set, to be spoilt. */
export interface SpoiltSet {
  readonly folder: string
  path(...parts: readonly string[]): string
  /** Changes one configuration; the gateway's, if nothing else is said. */
  edit(change: (config: Mapping) => Mapping, service?: ServiceName): Promise<void>
  doctor(args?: readonly string[], service?: ServiceName): Promise<Examined>
}

export interface HealthySet {
  readonly folder: string
  readonly authority: Authority
  /** As the server's superuser, in a database of its own. */
  readonly superuser: Database
  readonly gatewayUrl: string
  /** A database of the gateway's role; without migrations, an empty one. */
  makeDatabase(migrated: boolean): Promise<string>
  copy(): Promise<SpoiltSet>
  close(): Promise<void>
}

export interface Authority {
  readonly pem: string
  /** A certificate for `host` and 127.0.0.1, with its key. */
  issue(host: string, days?: number, nowMs?: number): Promise<{ readonly cert: string; readonly key: string }>
}

const newKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

export async function makeAuthority(): Promise<Authority> {
  const privateKey = newKey()
  const pem = await makeRootCa({ name: 'doctor', privateKey, life: rootLife(Date.now()) })
  return {
    pem,
    issue: async (host, days = 365, nowMs = Date.now()) => {
      const key = newKey()
      const names = { host, addresses: ['127.0.0.1'] }
      const cert = await makeServerCertificate({
        names,
        privateKey: key,
        life: leafLife(nowMs, days),
        issuer: { pem, privateKey },
      })
      return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
    },
  }
}

/**
 * The gateway and two checkers of the demo, running over TLS on real databases, each with a role that is no superuser. Test files run side by
 * side: each has ports of its own from `firstPort` upward.
 */
export async function openHealthySet(firstPort: number): Promise<HealthySet> {
  const folder = await mkdtemp(join(tmpdir(), 'callback quorum doctor '))
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const base = await createTestDatabase(inject('postgresUrl'), [])
  const superuser = await base.open()
  const role = `cq_doctor_${randomUUID().replaceAll('-', '')}`
  await superuser.query({ text: `create role ${role} login password 'of-nobody'` })
  closing.push(async () => {
    await superuser.query({ text: `drop role ${role}` })
    await base.drop()
  })
  const makeDatabase = async (migrated: boolean): Promise<string> => {
    const name = `cq_doctor_${randomUUID().replaceAll('-', '')}`
    await superuser.query({ text: `create database ${name} owner ${role}` })
    closing.push(() => superuser.query({ text: `drop database if exists ${name} with (force)` }))
    const url = new URL(inject('postgresUrl'))
    Object.assign(url, { username: role, password: 'of-nobody', pathname: `/${name}` })
    if (migrated) await migrate(url.href, [gatewayMigrations])
    return url.href
  }
  const authority = await makeAuthority()
  const urls = new Map<string, string>()
  for (const name of ['gateway', ...ASKED]) urls.set(name, await makeDatabase(false))
  await mkdir(join(folder, 'tls'), { mode: 0o700 })
  const { cert, key } = await authority.issue('localhost')
  await writeFile(join(folder, 'tls/ca.pem'), authority.pem)
  await writeFile(join(folder, 'tls/server.pem'), cert)
  await writeFile(join(folder, 'tls/server.key'), key, { mode: 0o600 })

  const secure = (name: string) => (config: Mapping) => {
    const [listener] = config['callback'] as readonly Mapping[]
    const tls = { cert: 'tls/server.pem', key: 'tls/server.key' }
    return { ...config, callback: [{ ...listener, tls }], database_url: urls.get(name) ?? '', log: { level: 'silent' } }
  }
  const configuration = await writeDemoConfiguration({
    directory: folder,
    payoutsUrl: 'http://127.0.0.1:1/',
    firstPort,
    edit: {
      integrity: secure('integrity'),
      limits: secure('limits'),
      gateway: (config) => withoutCosigner(secure('gateway')(config)),
    },
  })
  const running = [
    await startIntegrity({ file: await readIntegrityConfig(planOf(configuration, 'integrity').file, {}) }),
    await startLimits({ file: await readLimitsConfig(planOf(configuration, 'limits').file, {}) }),
    await startGateway({ file: await readGatewayConfig(planOf(configuration, 'gateway').file, {}) }),
  ]
  for (const service of running) closing.push(() => service.stop())
  return {
    folder,
    authority,
    superuser,
    gatewayUrl: urls.get('gateway') ?? '',
    makeDatabase,
    copy: async () => {
      const copied = await mkdtemp(join(tmpdir(), 'callback quorum spoilt '))
      closing.push(() => rm(copied, { recursive: true, force: true }))
      await cp(folder, copied, { recursive: true, preserveTimestamps: true })
      return spoiltSet(copied)
    },
    close: async () => {
      for (const close of closing.toReversed()) await close()
    },
  }
}

/** A Co-signer's 401 has no body: the whole proof is for the node alone. */
function withoutCosigner(config: Mapping): Mapping {
  const { callers, callback, checkers, quorum } = config as Record<string, readonly Mapping[]>
  return {
    ...config,
    callback: callback!.map((listener) => ({ ...listener, dialects: ['cobo-v1', 'cobo-v2'] })),
    callers: callers!.filter(({ name }) => name === NODE),
    checkers: checkers!
      .filter(({ name }) => ASKED.some((asked) => asked === name))
      .map((entry) => ({
        ...entry,
        service_address: String(entry['service_address']).replace('http://', 'https://'),
        tls: { ca: 'tls/ca.pem' },
      })),
    quorum: quorum!
      .filter((entry) => (entry['callers'] as readonly string[]).includes(NODE))
      .map((entry) => ({
        ...entry,
        require: (entry['require'] as readonly string[]).filter((name) => ASKED.some((asked) => asked === name)),
      })),
  }
}

function spoiltSet(folder: string): SpoiltSet {
  const path = (...parts: readonly string[]): string => join(folder, ...parts)
  const fileOf = (service: ServiceName = 'gateway'): string => path(`${service}.yaml`)
  return {
    folder,
    path,
    edit: async (change, service) => {
      const file = fileOf(service)
      const config = parse(await readFile(file, 'utf8')) as Mapping
      await writeFile(file, stringify(change(config), { lineWidth: 0, aliasDuplicateObjects: false }), { mode: 0o600 })
    },
    doctor: async (args = [], service) => {
      const { exitCode, stdout, stderr } = await runCommandLine([
        'doctor',
        '--config',
        fileOf(service),
        '--output',
        'json',
        ...args,
      ])
      if (stderr !== '') throw new Error(stderr)
      const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
      return { exitCode, stdout, findings }
    },
  }
}
