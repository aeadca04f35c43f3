import { generateKeyPairSync } from 'node:crypto'
import {
  type CallbackDouble,
  type CallbackDoubleOptions,
  createTssNode,
  type SimulatedServer,
  startCallbackDouble,
  type TssNode,
  type TssNodeOptions,
} from '../src/index.ts'

export const nodeKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const strangerKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** 2026-01-15T12:00:00Z; nothing here depends on the day on which the tests run. */
export const NOW_MS = 1_768_478_400_000
export const TO = '0x8B45b84e2cF29E5F826797DF7e1Aa93fc71a2bfd'

const opened: { close(): Promise<void> }[] = []

/** Closes what the tests of one file opened, nodes before servers. */
export async function closeAll(): Promise<void> {
  for (const part of opened.splice(0).reverse()) await part.close()
}

export async function openDouble(options: Partial<CallbackDoubleOptions> = {}): Promise<CallbackDouble> {
  const double = await startCallbackDouble({
    name: 'limits',
    callerKeys: [nodeKeys.publicKey],
    clock: () => NOW_MS,
    ...options,
  })
  opened.push(double)
  return double
}

export const serverOf = (double: CallbackDouble, name?: string): SimulatedServer => ({
  serviceAddress: double.checkUrls['cobo-v2'],
  publicKey: double.publicKey,
  ...(name === undefined ? {} : { name }),
})

export interface OpenNode {
  readonly node: TssNode
  /** Every wait the node asked for, in milliseconds; none of them really passes. */
  readonly sleeps: number[]
}

export function openNode(servers: readonly SimulatedServer[], options: Partial<TssNodeOptions> = {}): OpenNode {
  const sleeps: number[] = []
  const node = createTssNode({
    name: 'node-eu-1',
    privateKey: nodeKeys.privateKey,
    servers,
    clock: () => NOW_MS,
    sleep: (ms) => {
      sleeps.push(ms)
      return Promise.resolve()
    },
    ...options,
  })
  opened.push(node)
  return { node, sleeps }
}
