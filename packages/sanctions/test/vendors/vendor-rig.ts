import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import type { AddressBook, JudgeContext, Judgement, Question } from '@callback-quorum/checker-kit'
import { createLogger } from '@callback-quorum/service'
import { Registry } from 'prom-client'
import { openVendors } from '../../src/vendors/open-vendors.ts'
import { vendorRisk } from '../../src/vendors/vendor-risk.ts'
import { vendorsSchema } from '../../src/vendors/vendors-config.ts'
import { chainOf, NOW, paymentTo } from '../asking.ts'
import { CLEAN } from '../rule-under-test.ts'
import { startVendorServer, type Respond, type VendorServer } from './vendor-server.ts'

export const API_KEY = 'key-of-the-vendor'
/** The example of developers.elliptic.co, which calls it "just an example". */
export const SECRET = '894f142d667e8cdaca6822ac173937af'

export const ETHEREUM = chainOf('evm', 'ethereum')
export const ASKED = CLEAN.toLowerCase()
const NOBODY: Pick<AddressBook, 'ownerOf'> = { ownerOf: () => undefined }

export interface OpenedVendors {
  readonly registry: Registry
  judge(question?: Question, context?: Partial<JudgeContext>): Promise<Judgement>
  isBreakerOpen(name: string): boolean
}

export interface VendorRig {
  readonly directory: string
  /** Unix time; tests move it. */
  nowMs: number
  readonly logged: string[]
  write(name: string, content: string, mode?: number): Promise<void>
  serve(respond: Respond, tls?: { readonly cert: Buffer; readonly key: Buffer }): Promise<VendorServer>
  /** Opens vendors of the configuration as an operator writes it. */
  open(vendors: readonly object[], addresses?: Pick<AddressBook, 'ownerOf'>): Promise<OpenedVendors>
  close(): Promise<void>
}

export async function createVendorRig(): Promise<VendorRig> {
  const directory = await mkdtemp(join(tmpdir(), 'cq vendors '))
  const ends: (() => Promise<void>)[] = []
  const logged: string[] = []
  const log = createLogger({
    name: 'test',
    level: 'debug',
    format: 'json',
    destination: { write: (line: string) => void logged.push(line) },
  })
  const rig: VendorRig = {
    directory,
    nowMs: NOW.getTime(),
    logged,
    write: (name, content, mode = 0o600) => writeFile(join(directory, name), content, { mode }),
    serve: async (respond, tls) => {
      const server = await startVendorServer(respond, tls)
      ends.push(() => server.close())
      return server
    },
    open: async (vendors, addresses = NOBODY) => {
      const registry = new Registry()
      const opened = await openVendors({
        vendors: vendorsSchema.parse(vendors),
        directory,
        assets: createAssetRegistry(STARTER_ASSETS),
        clock: { nowMs: () => rig.nowMs },
        log,
        registry,
      })
      ends.push(() => opened.stop())
      const rule = vendorRisk({ vendors: opened.vendors, addresses })
      return {
        registry,
        judge: async (question = paymentTo(ETHEREUM, CLEAN), context = {}) => {
          if (rule.judge === undefined) throw new Error('the rule does not judge')
          const now = new Date(rig.nowMs)
          const signal = new AbortController().signal
          return rule.judge(question, { signal, leftMs: 20_000, now, firstAskedAt: now, ...context })
        },
        isBreakerOpen: (name) => opened.vendors.some((vendor) => vendor.name === name && vendor.isBreakerOpen),
      }
    },
    close: async () => {
      for (const end of ends.splice(0).reverse()) await end()
      await rm(directory, { recursive: true, force: true })
    },
  }
  await rig.write('api.key', `${API_KEY}\n`)
  await rig.write('api.secret', `${SECRET}\n`)
  return rig
}

/** One vendor of each kind, with as little as an operator must write. */
export const chainalysisAt = ({ url }: VendorServer, more: object = {}): object => ({
  name: 'chainalysis',
  kind: 'chainalysis-sanctions',
  url,
  api_key_file: 'api.key',
  families: ['evm', 'tron', 'bitcoin'],
  ...more,
})

export const ellipticAt = ({ url }: VendorServer, more: object = {}): object => ({
  name: 'elliptic',
  kind: 'elliptic',
  url,
  api_key_file: 'api.key',
  secret_file: 'api.secret',
  families: ['evm', 'tron', 'bitcoin'],
  reject_score: '7.5',
  ...more,
})

export const trmAt = ({ url }: VendorServer, more: object = {}): object => ({
  name: 'trm',
  kind: 'trm',
  url,
  api_key_file: 'api.key',
  chains: { ethereum: 'ethereum' },
  reject: [
    { risk_type: 'ownership', level: 'high' },
    { risk_type: 'counterparty', level: 'severe', category: 'Sanctions', min_usd: '1000' },
  ],
  ...more,
})
