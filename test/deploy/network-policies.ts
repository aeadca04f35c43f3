import type { KubernetesObject } from './kubernetes-objects.ts'

type Labels = Readonly<Record<string, string>>
interface Selector {
  readonly matchLabels?: Labels
}
interface Peer {
  readonly namespaceSelector?: Selector
  readonly podSelector?: Selector
  readonly ipBlock?: { readonly cidr: string }
}
interface Port {
  readonly port: number | string
}
interface Rule {
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
  readonly ports?: readonly Port[]
}
export interface PolicySpec {
  readonly podSelector: Selector
  readonly policyTypes: readonly ('Ingress' | 'Egress')[]
  readonly ingress?: readonly Rule[]
  readonly egress?: readonly Rule[]
}

/** A pod, as policies see it; `ports` by name. */
export interface Pod {
  readonly namespace: string
  readonly labels: Labels
  readonly ports: Readonly<Record<string, number>>
}

export const specOf = (policy: KubernetesObject): PolicySpec => policy['spec'] as PolicySpec

/** Whether `from` may open a connection to `port` of `to`: what leaves the one and what enters the other must both be allowed. */
export function mayConnect(policies: readonly KubernetesObject[], from: Pod, to: Pod, port: number): boolean {
  return isAllowed(policies, 'Egress', from, to, to, port) && isAllowed(policies, 'Ingress', to, from, to, port)
}

function isAllowed(
  policies: readonly KubernetesObject[],
  direction: 'Ingress' | 'Egress',
  pod: Pod,
  peer: Pod,
  server: Pod,
  port: number,
): boolean {
  const own = policies
    .filter(({ metadata }) => metadata.namespace === pod.namespace)
    .map(specOf)
    .filter(({ podSelector, policyTypes }) => policyTypes.includes(direction) && selects(podSelector, pod.labels))
  // A pod that no policy selects is open.
  if (own.length === 0) return true
  return own.some((spec) => {
    const rules = (direction === 'Ingress' ? spec.ingress : spec.egress) ?? []
    return rules.some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to
      const isPeer = peers === undefined || peers.some((candidate) => isThis(candidate, pod.namespace, peer))
      const isPort = rule.ports === undefined || rule.ports.some((entry) => numberOf(entry.port, server) === port)
      return isPeer && isPort
    })
  })
}

function isThis({ namespaceSelector, podSelector, ipBlock }: Peer, namespace: string, peer: Pod): boolean {
  if (ipBlock !== undefined) return false
  const isNamespace =
    namespaceSelector === undefined
      ? peer.namespace === namespace
      : selects(namespaceSelector, { 'kubernetes.io/metadata.name': peer.namespace })
  return isNamespace && (podSelector === undefined || selects(podSelector, peer.labels))
}

export function selects({ matchLabels = {} }: Selector, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
}

const numberOf = (port: number | string, server: Pod): number | undefined =>
  typeof port === 'number' ? port : server.ports[port]
