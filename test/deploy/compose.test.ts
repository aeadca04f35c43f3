import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readBusinessLookupConfig } from '@callback-quorum/business-lookup'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { quorumMatrix, readGatewayConfig } from '@callback-quorum/gateway'
import { readIntegrityConfig } from '@callback-quorum/integrity'
import { readLimitsConfig, readRules } from '@callback-quorum/limits'
import { readSanctionsConfig } from '@callback-quorum/sanctions'
import { beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { STOP_GRACE_MS } from '../../packages/service/src/context.ts'
import { dockerfileStages } from './dockerfile-stages.ts'

const CHECKERS = ['limits', 'sanctions', 'business-lookup', 'integrity'] as const
const OURS = ['gateway', ...CHECKERS] as const
const folder = join(import.meta.dirname, '../../deploy/compose')

interface Container {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string }
  readonly read_only?: boolean
  readonly user?: string
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
  readonly healthcheck?: object
  readonly pids_limit?: number
  readonly mem_limit?: string
  readonly cpus?: number
  readonly stop_grace_period?: string
}
let services: Readonly<Record<string, Container>> = {}
let networks: Readonly<Record<string, { readonly internal?: boolean }>> = {}
beforeAll(async () => {
  const text = await readFile(join(folder, 'compose.yaml'), 'utf8')
  const read = parse(text, { merge: true }) as { services: typeof services; networks: typeof networks }
  services = read.services
  networks = read.networks
})
const isThere = (program: string): boolean => {
  try {
    execFileSync('which', [program])
    return true
  } catch {
    return false
  }
}

const compose = isThere('docker-compose')
test.runIf(compose)(
  `docker-compose accepts it${compose ? '' : " (left out: Debian's docker-compose is not installed)"}`,
  () => {
    execFileSync('docker-compose', ['-f', join(folder, 'compose.yaml'), 'config', '-q'], { stdio: 'pipe' })
  },
)

const promtool = isThere('promtool')
test.runIf(promtool)(
  `promtool accepts its scrape targets${promtool ? '' : " (left out: Debian's prometheus is not installed)"}`,
  () => {
    execFileSync('promtool', ['check', 'config', '--syntax-only', join(folder, 'prometheus.yaml')], { stdio: 'pipe' })
  },
)

test('nobody writes to a root file system, has a capability, or is root; everybody has limits and a health check', async () => {
  expect(Object.keys(services).sort()).toEqual([...OURS, 'grafana', 'postgres', 'prometheus'].sort())
  const stages = dockerfileStages(await readFile(join(folder, '../image/Dockerfile'), 'utf8'))
  for (const [name, container] of Object.entries(services)) {
    expect(container, name).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      pids_limit: expect.any(Number) as number,
      mem_limit: expect.stringMatching(/^\d+[mg]$/) as string,
      cpus: expect.any(Number) as number,
      user: expect.stringMatching(/^(?:\$\{CQ_UID:-65532\}:\$\{CQ_GID:-65532\}|65534:65534)$/) as string,
    })
    const { build, image } = container
    const stage = stages.find(({ name: target }) => target === build?.target)
    if (build === undefined) {
      expect(image, name).toMatch(/:v?\d+\.\d+/)
      expect(container.healthcheck, name).toBeDefined()
    } else {
      expect(build).toEqual({ context: '../..', dockerfile: 'deploy/image/Dockerfile', target: name })
      expect(
        stage?.instructions.some(({ keyword }) => keyword === 'HEALTHCHECK'),
        name,
      ).toBe(true)
      expect(Number.parseInt(container.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(STOP_GRACE_MS + 5_000)
    }
  }
})

test('nothing is published beyond loopback, and only what stands on a network that is not internal', () => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => [name, port] as const),
  )
  expect(published.map(([name]) => name).sort()).toEqual(['gateway', 'grafana', 'prometheus'])
  for (const [name, port] of published) {
    expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(services[name]?.networks.some((network) => networks[network]?.internal !== true)).toBe(true)
  }
  for (const name of [...CHECKERS, 'postgres'])
    for (const network of services[name]?.networks ?? []) expect(networks[network], network).toEqual({ internal: true })
})

test('checkers share no network, and each is alone with the database on its own', () => {
  const onNetwork = (network: string): readonly string[] =>
    Object.keys(services)
      .filter((name) => services[name]?.networks.includes(network))
      .sort()
  for (const checker of CHECKERS) {
    expect(services[checker]?.networks).toEqual([`database-${checker}`, checker])
    expect(onNetwork(checker)).toEqual(['gateway', 'prometheus', checker].sort())
  }
  for (const name of OURS) expect(onNetwork(`database-${name}`)).toEqual([name, 'postgres'].sort())
  expect(onNetwork('callers')).toEqual(['gateway', 'prometheus'])
  expect(onNetwork('dashboards')).toEqual(['grafana', 'prometheus'])
})

test('each has its own secrets and nobody else has them; every other file that is mounted is here', () => {
  // Made on the machine, or delivered to it.
  const made = /^\.\/(?:secrets|lists)/
  for (const [name, { volumes }] of Object.entries(services))
    for (const [source = '', , mode] of volumes.map((volume) => volume.split(':'))) {
      if (!source.startsWith('.')) continue
      expect(mode, source).toBe('ro')
      if (source.startsWith('./secrets')) expect(source).toBe(`./secrets/${name}`)
      if (!made.test(source)) expect(existsSync(join(folder, source)), source).toBe(true)
    }
})

test('the configurations hold for the services themselves, for production', async () => {
  const at = (name: string): string => join(folder, 'config', name)
  const gateway = (await readGatewayConfig(at('gateway.yaml'), {})).value
  const all = [
    gateway,
    (await readLimitsConfig(at('limits.yaml'), {})).value,
    (await readSanctionsConfig(at('sanctions.yaml'), {})).value,
    (await readBusinessLookupConfig(at('business-lookup.yaml'), {})).value,
    (await readIntegrityConfig(at('integrity.yaml'), {})).value,
  ]
  const rules = await readRules(at('limits-rules.yaml'), {
    assets: createAssetRegistry(STARTER_ASSETS),
    covers: () => [],
  })
  expect(rules.value.rules).toHaveLength(5)
  expect(all.map(({ profile }) => profile)).toEqual(OURS.map(() => 'production'))
  expect(all.map(({ service_name: name }) => name)).toEqual(OURS)
  for (const { service_name: name, callback, metrics, database_url: url } of all) {
    const [exposed] = [...(await exposedPorts(name))]
    expect([callback[0]?.listen.port, metrics?.listen.port]).toEqual(exposed)
    const { hostname, username, pathname, searchParams } = new URL(url)
    expect([hostname, username, pathname]).toEqual(['postgres', name.replace('-', '_'), `/${name.replace('-', '_')}`])
    expect(searchParams.get('sslmode')).toBe('verify-full')
  }
  for (const { name, service_address: address } of gateway.checkers) {
    expect(new URL(address).hostname).toBe(name)
    expect(services[name]?.networks.some((network) => services['gateway']?.networks.includes(network))).toBe(true)
  }
  expect(quorumMatrix(gateway).map(({ kind, require }) => [kind, require])).toContainEqual([
    'keysign',
    'sanctions@1 + business-lookup@1 + integrity@1 + limits@2',
  ])
  const scraped = await readFile(join(folder, 'prometheus.yaml'), 'utf8')
  for (const { service_name: name, metrics } of all)
    expect(scraped).toContain(`${name}:${String(metrics?.listen.port)}`)
})

async function exposedPorts(target: string): Promise<readonly (readonly number[])[]> {
  const stages = dockerfileStages(await readFile(join(folder, '../image/Dockerfile'), 'utf8'))
  const instructions = stages.find(({ name }) => name === target)?.instructions ?? []
  return instructions.filter(({ keyword }) => keyword === 'EXPOSE').map(({ text }) => text.split(' ').map(Number))
}
