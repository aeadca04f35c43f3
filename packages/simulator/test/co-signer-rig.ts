import { generateKeyPairSync } from 'node:crypto'
import {
  type CallbackDouble,
  type CallbackDoubleOptions,
  type Cosigner,
  type CosignerOptions,
  createCosigner,
  makeFireblocksTransfer,
} from '../src/index.ts'
import { nodeKeys, NOW_MS, openDouble, TO } from './constellation.ts'

export const API_USER = '9b1f4a52-4a0e-4f2c-8a6e-0f0c5a1d2e3f'

export const signing = makeFireblocksTransfer({ to: TO, amount: '0.01', seed: 1 })
export const approval = makeFireblocksTransfer({ to: TO, amount: '0.01', seed: 1, stage: 'approval' })

const opened: Cosigner[] = []
export async function closeCosigners(): Promise<void> {
  for (const cosigner of opened.splice(0)) await cosigner.close()
}

export interface OpenCosigner {
  readonly cosigner: Cosigner
  /** Every wait it asked for, in milliseconds; none of them really passes. */
  readonly sleeps: number[]
}

/** Option 1 at a double over plain http, unless told otherwise. */
export function openCosigner(double: CallbackDouble, options: Partial<CosignerOptions> = {}): OpenCosigner {
  const sleeps: number[] = []
  const keys =
    options.messages === 'json' ? {} : { privateKey: nodeKeys.privateKey, handlerPublicKey: double.publicKey }
  const cosigner = createCosigner({
    name: 'cosigner-1',
    signerId: API_USER,
    messages: 'jwt',
    trust: { kind: 'system' },
    url: double.url,
    clock: () => NOW_MS,
    sleep: (ms) => {
      sleeps.push(ms)
      return Promise.resolve()
    },
    ...keys,
    ...options,
  })
  opened.push(cosigner)
  return { cosigner, sleeps }
}

/** One key for all handlers of a file: making it takes longer than a test. */
const handlerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const openHandler = (options: Partial<CallbackDoubleOptions> = {}): Promise<CallbackDouble> =>
  openDouble({ name: 'handler', privateKey: handlerKeys.privateKey, ...options })
