import type { Cosigner } from './cosigner.ts'
import type { CosignerRequest } from './cosigner-request.ts'
import type { CosignerResult } from './cosigner-result.ts'

export interface CosignerGroup {
  readonly cosigners: readonly Cosigner[]
  /**
   * A transaction is signed by the first that is available. UNCERTAIN: how the vendor tells; here one whose handler cannot be connected to
   * is not, and nothing but that, at the first attempt, passes a request on. The results of all that were tried, the deciding one last.
   */
  sign(request: CosignerRequest): Promise<readonly CosignerResult[]>
  /** Approvals and changes of the workspace are asked of every approver, each with a request of its own. In the order of the Co-signers. */
  approve(requestFor: (cosigner: Cosigner) => CosignerRequest): Promise<readonly CosignerResult[]>
  close(): Promise<void>
}

/** Several Co-signers side by side, each with its own key and API user (protocol/fireblocks.md 5, HA). Throws RangeError for a group of none. */
export function createCosignerGroup(cosigners: readonly Cosigner[]): CosignerGroup {
  if (cosigners.length === 0) throw new RangeError('a group has at least one Co-signer')
  return {
    cosigners,
    async sign(request) {
      const results: CosignerResult[] = []
      for (const cosigner of cosigners) {
        const result = await cosigner.ask(request)
        results.push(result)
        if (result.failure !== 'unreachable' || result.exchanges.length > 1) break
      }
      return results
    },
    approve: (requestFor) => Promise.all(cosigners.map((cosigner) => cosigner.ask(requestFor(cosigner)))),
    async close() {
      await Promise.all(cosigners.map((cosigner) => cosigner.close()))
    },
  }
}
