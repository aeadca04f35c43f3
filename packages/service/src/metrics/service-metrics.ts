import { readFileSync } from 'node:fs'
import { versions } from 'node:process'
import type { VerificationKey } from '@callback-quorum/protocol'
import { Gauge, type Registry } from 'prom-client'
import type { Logger } from '../log.ts'
import { askedAtScrape } from './asked-at-scrape.ts'
import type { Certificates } from './certificates.ts'

/** The keys of one peer that tokens are verified with, under the role an operator knows them by: `callers node-eu-1`. */
export interface AcceptedKeys {
  readonly role: string
  readonly keys: readonly Pick<VerificationKey, 'notAfterMs'>[]
}

interface ServiceFacts {
  readonly configDigest: string
  readonly certificates: Certificates
  readonly acceptedKeys: readonly AcceptedKeys[]
}

/** What holds for a process from its start on. Declared once for a registry. */
export function createServiceMetrics(registry: Registry, { configDigest, certificates, acceptedKeys }: ServiceFacts) {
  const registers = [registry]
  new Gauge({
    name: 'callback_quorum_build_info',
    help: '1; the version of callback-quorum that runs, and of Node.js below it',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: packageVersion(), node: versions.node }, 1)
  new Gauge({
    name: 'callback_quorum_config_info',
    help: '1; the digest of the configuration in force: replicas of one service must have the same',
    labelNames: ['digest'],
    registers,
  }).set({ digest: configDigest }, 1)
  new Gauge({
    name: 'callback_quorum_certificate_expiry_timestamp_seconds',
    help: 'When the first certificate of a file in use stops being valid; the file as it was loaded, not as it is now',
    labelNames: ['role'],
    registers,
    async collect() {
      const expiries = await certificates.all()
      this.reset()
      for (const [role, expiresAtMs] of expiries) this.set({ role }, expiresAtMs / 1_000)
    },
  })
  const keyExpiry = new Gauge({
    name: 'callback_quorum_key_expiry_timestamp_seconds',
    help: 'When the last key of a peer stops being accepted (not_after); absent where a key never ends',
    labelNames: ['role'],
    registers,
  })
  for (const { role, keys } of acceptedKeys) {
    const endsAtMs = Math.max(...keys.map(({ notAfterMs }) => notAfterMs ?? Number.POSITIVE_INFINITY))
    if (Number.isFinite(endsAtMs)) keyExpiry.set({ role }, endsAtMs / 1_000)
  }
}

/** Declared when the listeners open: before, nobody can say what ready means. */
export function createReadyMetric(registry: Registry, isReady: () => Promise<boolean>, log: Logger): void {
  const ask = askedAtScrape('ready', isReady, log)
  new Gauge({
    name: 'callback_quorum_ready',
    help: '1 when /readyz says ready; 0 when it does not, or does not say within two seconds',
    registers: [registry],
    async collect() {
      this.set((await ask()) === true ? 1 : 0)
    },
  })
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}
