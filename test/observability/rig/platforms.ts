import { randomBytes, randomUUID } from 'node:crypto'
import type { DemoConfiguration } from '@callback-quorum/cli'
import { loadPrivateKey, loadPublicKey } from '@callback-quorum/service'
import {
  createCosigner,
  createTssNode,
  CUSTODY,
  makeFireblocksTransfer,
  makeV1KeySign,
  makeV2KeySign,
  type CoboPackage,
  type Cosigner,
  type CosignerRequest,
  type TransferOptions,
  type TssNode,
} from '@callback-quorum/simulator'
import type { KeyObject } from 'node:crypto'
import type { LiveService } from './live-service.ts'

/** Whom the test pays: on no list. */
export const CUSTOMER = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'
/** Whom the bytes pay while the description names the customer. */
export const STRANGER = '0x1111111111111111111111111111111111111111'
/** Really listed: Lazarus Group, in the packaged OFAC list (domain/sanctions, test S01). */
export const LISTED = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96'

/** Both platforms of the demonstration, asking whatever service they are pointed at. */
export interface Platforms {
  readonly nodeKey: KeyObject
  /** One attempt for each question; `v1` asks in the older dialect. */
  node(service: LiveService, dialect?: 'v1' | 'v2'): TssNode
  cosigner(service: LiveService, role: 'signer' | 'approver'): Cosigner
  close(): Promise<void>
}

export async function createPlatforms(configuration: DemoConfiguration): Promise<Platforms> {
  const { key: nodeKey } = await loadPrivateKey(configuration.node.key.privatePath)
  const { key: cosignerKey } = await loadPrivateKey(configuration.cosigner.key.privatePath)
  const publicKeys = new Map<string, KeyObject>()
  for (const { name, key } of configuration.services) publicKeys.set(name, (await loadPublicKey(key.publicPath)).key)
  const publicKeyOf = ({ name }: LiveService): KeyObject => {
    const key = publicKeys.get(name)
    if (key === undefined) throw new RangeError(`no key of ${name}`)
    return key
  }
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one)
    return one
  }
  return {
    nodeKey,
    node: (service, dialect = 'v2') =>
      keep(
        createTssNode({
          name: configuration.node.name,
          privateKey: nodeKey,
          servers: [
            {
              name: service.label,
              serviceAddress: `${service.callbackUrl}/${dialect}/check`,
              publicKey: publicKeyOf(service),
            },
          ],
          retryTimes: 0,
        }),
      ),
    cosigner: (service, role) =>
      keep(
        createCosigner({
          name: configuration.cosigner.name,
          signerId: configuration.cosigner.apiUsers[role],
          messages: 'jwt',
          trust: { kind: 'system' },
          url: service.callbackUrl,
          privateKey: cosignerKey,
          handlerPublicKey: publicKeyOf(service),
        }),
      ),
    close: async () => {
      await Promise.all(opened.map((one) => one.close()))
    },
  }
}

/** A reference that nobody used, in the form that the demonstration's business-lookup takes. */
export function newReference(): string {
  const number = randomBytes(2).readUInt16BE() % 100_000
  return `WD-20260101-${randomBytes(3).toString('hex')}-${String(number).padStart(2, '0')}`
}

export type NodePayment = Partial<TransferOptions>

/** A payment that the node asks about; every one is another transaction. */
export const nodePayment = (o: NodePayment = {}): CoboPackage => makeV2KeySign(filled(o))
export const v1Payment = (o: NodePayment = {}): CoboPackage => makeV1KeySign(filled(o))

const filled = (o: NodePayment): TransferOptions => ({
  to: CUSTOMER,
  amount: '0.01',
  reference: newReference(),
  organisation: CUSTODY.organisation,
  ...o,
})

export interface VaultPayment {
  readonly reference?: string
  readonly txId?: string
  readonly amount?: string
  readonly to?: string
  readonly describedAs?: { readonly to: string }
}

/** The same from a Fireblocks vault. */
export const vaultPayment = (stage: 'approval' | 'signing', o: VaultPayment = {}): CosignerRequest =>
  makeFireblocksTransfer({
    asset: 'ETH',
    to: o.to ?? CUSTOMER,
    amount: o.amount ?? '0.01',
    externalTxId: o.reference ?? newReference(),
    txId: o.txId ?? randomUUID(),
    stage,
    ...(o.describedAs !== undefined && { describedAs: o.describedAs }),
  })
