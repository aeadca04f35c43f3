import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validate as autoscaler } from 'kubernetes-models/_schemas/IoK8sApiAutoscalingV2HorizontalPodAutoscaler'
import { validate as configMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap'
import { validate as deployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment'
import { validate as disruptionBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget'
import { validate as namespace } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Namespace'
import { validate as networkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy'
import { validate as service } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service'
import { validate as serviceAccount } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ServiceAccount'
import { parseAllDocuments } from 'yaml'

export const KUBERNETES = join(import.meta.dirname, '../../deploy/kubernetes')

/** What kustomize prints, as far as it was looked at: a tree of plain values. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [member: string]: unknown
}

interface Validator {
  (data: unknown): boolean
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null
}

const SCHEMAS: Readonly<Record<string, Validator>> = {
  'apps/v1 Deployment': deployment,
  'autoscaling/v2 HorizontalPodAutoscaler': autoscaler,
  'networking.k8s.io/v1 NetworkPolicy': networkPolicy,
  'policy/v1 PodDisruptionBudget': disruptionBudget,
  'v1 ConfigMap': configMap,
  'v1 Namespace': namespace,
  'v1 Service': service,
  'v1 ServiceAccount': serviceAccount,
}

/** What `kubectl kustomize` makes of a folder below deploy/kubernetes. */
export async function kustomize(folder: string): Promise<readonly KubernetesObject[]> {
  const { stdout } = await promisify(execFile)('kubectl', ['kustomize', join(KUBERNETES, folder)], {
    maxBuffer: 10_000_000,
    timeout: 60_000,
  })
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject)
}

/** Everything in which an object differs from its schema; the schemas let unknown members pass, so a member that none of them looked at is told, too. */
export function schemaProblems(object: KubernetesObject): readonly string[] {
  const type = `${object.apiVersion} ${object.kind}`
  const validate = SCHEMAS[type]
  if (validate === undefined) return [`no schema for ${type}`]
  const seen = new Set<string>()
  if (!validate(watched(object, '', seen)))
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${type} ${instancePath} ${message}`)
  return unseen(object, '', seen).map((path) => `${type} ${path} is not in the schema`)
}

/** Remembers which members were read. */
function watched(value: unknown, path: string, seen: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  return new Proxy(value, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver)
      if (typeof key !== 'string' || !Object.hasOwn(target, key) || key === 'length') return member
      seen.add(`${path}/${key}`)
      return watched(member, `${path}/${key}`, seen)
    },
  })
}

function unseen(value: unknown, path: string, seen: ReadonlySet<string>): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const inside = `${path}/${key}`
    return seen.has(inside) ? unseen(member, inside, seen) : [inside]
  })
}
