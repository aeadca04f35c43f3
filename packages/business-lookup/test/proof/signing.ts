import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactSign, type CompactJWSHeaderParameters } from 'jose'
import { loadProofKeys, type ProofKeys } from '../../src/proof/proof-keys.ts'
import type { ProofAlgorithm, ProofConfig } from '../../src/proof/proof-config.ts'

export interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const rsa = (modulusLength = 2_048, publicExponent = 65_537): Pair =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })
export const p256 = (): Pair => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
export const ed25519 = (): Pair => generateKeyPairSync('ed25519')

export const spki = ({ publicKey }: Pair): string => publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** A JWS as a business system would make it. */
export const sign = (
  payload: unknown,
  { privateKey }: Pair,
  header: Partial<CompactJWSHeaderParameters> & { readonly alg: string },
): Promise<string> =>
  new CompactSign(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)))
    .setProtectedHeader(header)
    .sign(privateKey)

export interface KeyFolder {
  readonly path: string
  write(name: string, text: string): Promise<void>
  /** Loads these public keys under their names as key ids. */
  load(
    pairs: Readonly<Record<string, Pair>>,
    options?: { readonly algorithms?: ProofAlgorithm[]; readonly notAfterMs?: number },
  ): Promise<ProofKeys>
  config(files: readonly string[], change?: Partial<ProofConfig>): ProofConfig
  close(): Promise<void>
}

export async function keyFolder(): Promise<KeyFolder> {
  const path = await mkdtemp(join(tmpdir(), 'cq proof '))
  const write = (name: string, text: string): Promise<void> => writeFile(join(path, name), text)
  return {
    path,
    write,
    load: async (pairs, { algorithms, notAfterMs } = {}) => {
      for (const [kid, pair] of Object.entries(pairs)) await write(`${kid}.pub`, spki(pair))
      const keys = Object.keys(pairs).map((kid) => ({
        file: `${kid}.pub`,
        kid,
        ...(notAfterMs === undefined ? {} : { not_after: notAfterMs }),
      }))
      return loadProofKeys({ keys, ...(algorithms === undefined ? {} : { algorithms }) }, path)
    },
    config: (files, change) => ({ keys: files.map((file) => ({ file, kid: file })), ...change }),
    close: () => rm(path, { recursive: true, force: true }),
  }
}
