import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBusinessLookupConfig } from '@callback-quorum/business-lookup'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { loadAddressBook } from '@callback-quorum/checker-kit'
import { readGatewayConfig } from '@callback-quorum/gateway'
import { readIntegrityConfig } from '@callback-quorum/integrity'
import { readLimitsConfig, readRules } from '@callback-quorum/limits'
import { readSanctionsConfig } from '@callback-quorum/sanctions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { STOP_GRACE_MS } from '../../packages/service/src/context.ts'
import { kustomize, schemaProblems, type KubernetesObject } from './kubernetes-objects.ts'
import { mayConnect, selects, specOf, type Pod } from './network-policies.ts'

const READERS = {
  gateway: readGatewayConfig,
  limits: readLimitsConfig,
  sanctions: readSanctionsConfig,
  'business-lookup': readBusinessLookupConfig,
  integrity: readIntegrityConfig,
} as const
const SERVICES = Object.keys(READERS) as (keyof typeof READERS)[]
const CHECKERS = SERVICES.filter((name) => name !== 'gateway')
const deploy = join(import.meta.dirname, '../../deploy')
const namespaceOf = (service: string): string => `quorum-${service}`

interface PodSpec {
  readonly serviceAccountName: string
  readonly automountServiceAccountToken: boolean
  readonly terminationGracePeriodSeconds: number
  readonly securityContext: object
  readonly containers: readonly {
    readonly image: string
    readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
    readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } }
    readonly securityContext: object
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
    readonly [probe: string]: unknown
  }[]
  readonly volumes: readonly {
    readonly name: string
    readonly configMap?: { readonly name: string }
    readonly secret?: object
  }[]
}
interface DeploymentSpec {
  readonly replicas?: number
  readonly strategy: { readonly rollingUpdate: object }
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> }
    readonly spec: PodSpec
  }
}

const isHere = ((): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.runIf(isHere)(`the manifests${isHere ? '' : ' (left out: kubectl is not installed)'}`, () => {
  const built = new Map<string, readonly KubernetesObject[]>()
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cq-kubernetes-'))
    for (const name of ['base', 'overlays/two-replicas']) built.set(name, await kustomize(name))
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const objectsOf = (build: string, kind: string, service?: string): readonly KubernetesObject[] =>
    (built.get(build) ?? []).filter(
      ({ kind: found, metadata }) =>
        found === kind && (service === undefined || metadata.namespace === namespaceOf(service)),
    )
  const one = (build: string, kind: string, service: string): KubernetesObject => {
    const found = objectsOf(build, kind, service)
    expect(found, `${kind} of ${service}`).toHaveLength(1)
    return found[0]!
  }
  const deploymentOf = (build: string, service: string): DeploymentSpec =>
    one(build, 'Deployment', service)['spec'] as DeploymentSpec
  const podOf = (build: string, service: string): Pod => {
    const { labels } = deploymentOf(build, service).template.metadata
    const [container] = deploymentOf(build, service).template.spec.containers
    const ports = Object.fromEntries(container!.ports.map(({ name, containerPort }) => [name, containerPort]))
    return { namespace: namespaceOf(service), labels, ports }
  }
  /** Writes what the ConfigMap holds, as it is mounted, and returns the folder. */
  const mounted = async (build: string, service: string): Promise<string> => {
    const target = await mkdtemp(join(folder, 'mounted-'))
    const data = one(build, 'ConfigMap', service)['data'] as Readonly<Record<string, string>>
    for (const [name, text] of Object.entries(data)) await writeFile(join(target, name), text)
    return target
  }

  describe.each(['base', 'overlays/two-replicas'])('%s', (build) => {
    test('has nothing that its schema does not know', () => {
      expect(built.get(build)?.length).toBeGreaterThan(50)
      expect(built.get(build)?.flatMap(schemaProblems)).toEqual([])
    })

    test('a member that is misspelt, or of another type, would be told', () => {
      const [first] = objectsOf(build, 'Deployment')
      const spoil = (edit: (text: string) => string): KubernetesObject =>
        JSON.parse(edit(JSON.stringify(first))) as KubernetesObject
      expect(schemaProblems(spoil((text) => text.replace('readOnlyRootFilesystem', 'readOnlyRootFS')))).toEqual([
        'apps/v1 Deployment /spec/template/spec/containers/0/securityContext/readOnlyRootFS is not in the schema',
      ])
      expect(schemaProblems(spoil((text) => text.replace('"minReadySeconds":5', '"minReadySeconds":"5"')))).not.toEqual(
        [],
      )
    })

    test('every team has a namespace that admits only restricted pods, and nothing lies outside of them', () => {
      const namespaces = objectsOf(build, 'Namespace')
      expect(namespaces.map(({ metadata }) => metadata.name).sort()).toEqual(SERVICES.map(namespaceOf).sort())
      for (const { metadata } of namespaces)
        expect(metadata.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted')
      for (const { kind, metadata } of built.get(build) ?? [])
        if (kind !== 'Namespace') expect(SERVICES.map(namespaceOf)).toContain(metadata.namespace)
    })

    describe.each(SERVICES)('%s', (service) => {
      test('runs as the restricted profile demands, with a root that cannot be written and no token of the cluster', () => {
        const { spec } = deploymentOf(build, service).template
        const [container] = spec.containers
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          fsGroup: 65_532,
          seccompProfile: { type: 'RuntimeDefault' },
        })
        expect(container?.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(spec.automountServiceAccountToken).toBe(false)
        expect(one(build, 'ServiceAccount', service)).toMatchObject({
          metadata: { name: spec.serviceAccountName },
          automountServiceAccountToken: false,
        })
        expect(container?.image).toMatch(new RegExp(`^callback-quorum/${service}:[0-9.]+$`))
      })

      test('selectors find its pods, and every name of a port is one of its container', () => {
        const { selector, template } = deploymentOf(build, service)
        const [container] = template.spec.containers
        const names = container!.ports.map(({ name }) => name)
        expect(selects(selector, template.metadata.labels)).toBe(true)
        const { selector: labels, ports } = one(build, 'Service', service)['spec'] as {
          readonly selector: Readonly<Record<string, string>>
          readonly ports: readonly { readonly targetPort: string; readonly port: number }[]
        }
        expect(selects({ matchLabels: labels }, template.metadata.labels)).toBe(true)
        expect(ports.map(({ targetPort }) => targetPort)).toEqual(['callback'])
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
          expect(container?.[probe]).toMatchObject({
            httpGet: { port: 'metrics', path: probe === 'readinessProbe' ? '/readyz' : '/healthz' },
          })
        for (const policy of objectsOf(build, 'NetworkPolicy', service).map(specOf)) {
          expect(selects(policy.podSelector, template.metadata.labels)).toBe(true)
          for (const { port } of (policy.ingress ?? []).flatMap(({ ports: allowed = [] }) => allowed))
            expect(names).toContain(port)
        }
      })

      test('its configuration is mounted where its image looks, holds for the service itself, and listens at its ports', async () => {
        const { volumes, containers } = deploymentOf(build, service).template.spec
        const [container] = containers
        expect(volumes.find(({ name }) => name === 'configuration')?.configMap?.name).toBe(
          one(build, 'ConfigMap', service).metadata.name,
        )
        expect(container?.volumeMounts).toContainEqual(
          expect.objectContaining({ name: 'configuration', mountPath: '/etc/callback-quorum' }),
        )
        const directory = await mounted(build, service)
        const { value } = await READERS[service](join(directory, `${service}.yaml`), {})
        expect(value.service_name).toBe(service)
        expect(value.profile).toBe('production')
        const ports = podOf(build, service).ports
        expect(value.callback.map(({ listen }) => listen)).toEqual([{ host: '0.0.0.0', port: ports['callback'] }])
        expect(value.metrics?.listen).toEqual({ host: '0.0.0.0', port: ports['metrics'] })
        expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toContain(value.data_dir)
        const assets = createAssetRegistry(STARTER_ASSETS)
        if (value.addresses !== undefined) await loadAddressBook(join(directory, value.addresses), assets)
        if (service === 'limits') await readRules(join(directory, 'limits-rules.yaml'), { assets, covers: () => [] })
      })

      test('what it reads as secrets is what make-secrets.sh makes for it', async () => {
        const secretsIn = (text: string): readonly string[] =>
          [...new Set([...text.matchAll(/\/run\/secrets\/([A-Za-z0-9.-]+)/g)].map(([, name = '']) => name))].sort()
        const { volumes, containers } = deploymentOf(build, service).template.spec
        expect(volumes).toContainEqual({
          name: 'secrets',
          secret: { secretName: 'callback-quorum', defaultMode: 0o440 },
        })
        expect(containers[0]?.volumeMounts).toContainEqual({
          name: 'secrets',
          mountPath: '/run/secrets',
          readOnly: true,
        })
        const data = one(build, 'ConfigMap', service)['data'] as Readonly<Record<string, string>>
        const compose = await readFile(join(deploy, `compose/config/${service}.yaml`), 'utf8')
        expect(secretsIn(Object.values(data).join('\n'))).toEqual(secretsIn(compose))
      })

      test('it is given the time to end what is in flight, and a new one is ready before the old one goes', () => {
        const { strategy, template } = deploymentOf(build, service)
        const { terminationGracePeriodSeconds, containers } = template.spec
        const preStop = containers[0]?.lifecycle.preStop.sleep.seconds ?? 0
        expect(preStop).toBeGreaterThan(0)
        expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan(preStop * 1_000 + STOP_GRACE_MS + 5_000)
        expect(strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 })
      })
    })

    test('the gateway asks every checker at the name, port and path of trust that it has', async () => {
      const { value } = await readGatewayConfig(join(await mounted(build, 'gateway'), 'gateway.yaml'), {})
      expect(value.checkers.map(({ name }) => name).sort()).toEqual([...CHECKERS].sort())
      for (const { name, service_address: address } of value.checkers) {
        const { metadata, spec } = one(build, 'Service', name) as unknown as KubernetesObject & {
          readonly spec: { readonly ports: readonly { readonly port: number }[] }
        }
        const port = String(spec.ports[0]?.port)
        expect(new URL(address).origin).toBe(`https://${metadata.name}.${metadata.namespace ?? ''}.svc:${port}`)
      }
    })

    test('only the gateway reaches a checker, only Prometheus metrics, and no checker reaches another or the gateway', () => {
      const policies = objectsOf(build, 'NetworkPolicy')
      const prometheus: Pod = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' }, ports: {} }
      const other: Pod = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'grafana' }, ports: {} }
      const pods = SERVICES.map((service) => [service, podOf(build, service)] as const)
      const everybody = [...pods, ['prometheus', prometheus], ['grafana', other]] as const
      const reached = everybody.flatMap(([from, client]) =>
        pods
          .filter(([to]) => to !== from)
          .flatMap(([to, server]) =>
            Object.entries(server.ports)
              .filter(([, port]) => mayConnect(policies, client, server, port))
              .map(([name]) => `${from} > ${to} ${name}`),
          ),
      )
      expect(reached.sort()).toEqual(
        [
          ...CHECKERS.map((name) => `gateway > ${name} callback`),
          ...SERVICES.map((name) => `prometheus > ${name} metrics`),
        ].sort(),
      )
    })

    test.each(SERVICES)('in the namespace of %s whatever else may come to run there reaches nothing', (service) => {
      const denied = objectsOf(build, 'NetworkPolicy', service).map(specOf)
      expect(denied).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    })

    test('every database and business system is in one policy alone', () => {
      const blocks = objectsOf(build, 'NetworkPolicy').flatMap((policy) =>
        (specOf(policy).egress ?? []).flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock?.cidr ?? [])),
      )
      expect(blocks.length).toBe(SERVICES.length + 2)
      expect(new Set(blocks).size).toBe(blocks.length)
      for (const cidr of blocks) expect(cidr).toMatch(/\/32$/)
    })
  })

  test.each(SERVICES)(
    'two replicas of %s: one may always go, they stand apart, and the autoscaler alone says how many',
    (service) => {
      const build = 'overlays/two-replicas'
      const { metadata } = one(build, 'Deployment', service)
      const spec = deploymentOf(build, service)
      const scaler = one(build, 'HorizontalPodAutoscaler', service)['spec'] as {
        minReplicas: number
        maxReplicas: number
      }
      expect(scaler).toMatchObject({
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name },
      })
      expect(scaler.minReplicas).toBe(2)
      expect(spec.replicas).toBeUndefined()
      const budget = one(build, 'PodDisruptionBudget', service)['spec'] as {
        minAvailable: number
        selector: { matchLabels: Record<string, string> }
      }
      expect(budget.minAvailable).toBeLessThan(scaler.minReplicas)
      expect(budget.minAvailable).toBeGreaterThan(0)
      expect(selects(budget.selector, spec.template.metadata.labels)).toBe(true)
      expect(spec.template.spec).toMatchObject({
        topologySpreadConstraints: [
          { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector: budget.selector },
          { topologyKey: 'topology.kubernetes.io/zone', labelSelector: budget.selector },
        ],
      })
    },
  )

  test('what prometheus.yaml says of Kubernetes finds every namespace, the port and the team of each', async () => {
    const text = (await readFile(join(deploy, 'prometheus/prometheus.yaml'), 'utf8')).split('# On Kubernetes')[1] ?? ''
    const named = /namespaces: \{ names: \[([^\]]*)\]/.exec(text)?.[1]?.split(', ') ?? []
    expect(named.sort()).toEqual(SERVICES.map((service) => podOf('base', service).namespace).sort())
    expect(text).toContain('_container_port_name], regex: metrics, action: keep')
    expect(text).toContain('__meta_kubernetes_pod_label_callback_quorum_team], target_label: team')
    for (const service of SERVICES) {
      expect(podOf('base', service).ports).toHaveProperty('metrics')
      expect(podOf('base', service).labels).toHaveProperty('callback-quorum-team')
    }
  })

  test.each(SERVICES)('%s has the configuration that compose starts, but for where others are', async (service) => {
    const read = async (path: string): Promise<unknown> => {
      const text = await readFile(join(deploy, path), 'utf8')
      const file = join(await mkdtemp(join(folder, 'compared-')), `${service}.yaml`)
      await writeFile(
        file,
        text
          .replaceAll(/https:\/\/[a-z.-]+:/g, 'https://there:')
          .replaceAll(/@[a-z.-]+\//g, '@there/')
          .replaceAll(/^ *allow_from: .*$/gm, ''),
      )
      const { value } = await READERS[service](file, {})
      return service === 'sanctions' ? { ...value, lists: [] } : value
    }
    expect(await read(`kubernetes/base/${service}/${service}.yaml`)).toEqual(
      await read(`compose/config/${service}.yaml`),
    )
  })
})
