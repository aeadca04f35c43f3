import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { planOf, type DemoConfiguration, type ServiceName } from '@callback-quorum/cli'
import { createTssNode, runLoad, type CoboPackage, type LoadReport } from '@callback-quorum/simulator'

/** Requests that warm up processes, connections and databases, and are not counted. */
export const WARM_UP = 200

export interface ApprovedLoad {
  /** Who is asked; all have to approve. */
  readonly services: readonly ServiceName[]
  readonly concurrency: number
  readonly requests: number
  /** Called with 0 to WARM_UP + requests - 1, the warm-up first. */
  readonly packageAt: (index: number) => CoboPackage
}

/** Has the demo's node ask its services. Throws when anything is not approved: the figures would be about something else. */
export async function loadApproved(configuration: DemoConfiguration, o: ApprovedLoad): Promise<LoadReport> {
  const { services, concurrency, requests, packageAt } = o
  const node = createTssNode({
    name: configuration.node.name,
    privateKey: createPrivateKey(await readFile(configuration.node.key.privatePath)),
    servers: await Promise.all(
      services.map(async (name) => {
        const { callbackUrl, key } = planOf(configuration, name)
        return {
          name,
          serviceAddress: `${callbackUrl}/v2/check`,
          publicKey: createPublicKey(await readFile(key.publicPath)),
        }
      }),
    ),
  })
  try {
    await runLoad({ node, concurrency, requests: WARM_UP, makePackage: packageAt })
    const report = await runLoad({ node, concurrency, requests, makePackage: (index) => packageAt(WARM_UP + index) })
    if (report.approved !== requests)
      throw new Error(`only ${String(report.approved)} of ${String(requests)} were approved`)
    return report
  } finally {
    await node.close()
  }
}
