/** Why a proof does not count. The text is public and holds nothing that was received. */
export class ProofFault extends Error {
  override readonly name = 'ProofFault'
}
