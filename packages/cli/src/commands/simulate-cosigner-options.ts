import type { CosignerKind, CosignerRequestName, FireblocksPlaceKind } from '@callback-quorum/simulator'
import type { OutputFormat } from './output-option.ts'

/** As commander hands them over. */
export interface SimulateCosignerOptions {
  readonly url: string
  readonly signer?: string
  readonly messages: 'jwt' | 'json'
  readonly key?: string
  readonly handlerKey?: string
  readonly ca?: string
  readonly pin?: string
  readonly rootCa?: string
  readonly make?: CosignerRequestName
  readonly request?: string
  readonly kind: CosignerKind
  readonly asset?: string
  readonly to?: string
  readonly amount?: string
  readonly destination?: FireblocksPlaceKind
  readonly destinationId?: string
  readonly vault?: string
  readonly txId?: string
  readonly requestId?: string
  readonly externalTxId?: string
  readonly message?: string
  readonly type?: string
  readonly tag?: string
  readonly rawTx: boolean
  readonly describedTo?: string
  readonly describedAmount?: string
  readonly tries: number
  readonly retryInterval: number
  readonly timeout: number
  readonly json?: boolean
  readonly output: OutputFormat
}
