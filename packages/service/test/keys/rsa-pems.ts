import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** PEM texts of one key in every encoding that the platforms' documents produce. */
export interface RsaPems {
  readonly privateKey: KeyObject
  readonly pkcs1: string
  readonly pkcs8: string
  readonly encrypted: string
  readonly spki: string
  readonly publicPkcs1: string
}

export function makeRsaPems(modulusLength = 2048): RsaPems {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  return {
    privateKey,
    pkcs1: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    encrypted: privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    spki: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicPkcs1: publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  }
}
