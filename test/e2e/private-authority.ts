import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto'
import { pinOf } from '@callback-quorum/simulator'
import { leafLife, rootLife } from '../../packages/cli/src/certificates/certificate-life.ts'
import { makeRootCa, makeServerCertificate } from '../../packages/cli/src/certificates/make-certificate.ts'

/** An authority and a certificate of it for `host` and 127.0.0.1; PEM, and the pin in libcurl's form. */
export interface PrivateAuthority {
  readonly pem: string
  readonly certificate: string
  readonly key: string
  readonly pin: string
}

const makeKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

export async function makePrivateAuthority(host: string): Promise<PrivateAuthority> {
  const [authority, server] = [makeKey(), makeKey()]
  const nowMs = Date.now()
  const pem = await makeRootCa({ name: 'private', privateKey: authority, life: rootLife(nowMs) })
  const certificate = await makeServerCertificate({
    names: { host, addresses: ['127.0.0.1'] },
    privateKey: server,
    life: leafLife(nowMs, 90),
    issuer: { pem, privateKey: authority },
  })
  return {
    pem,
    certificate,
    key: server.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pin: `sha256//${pinOf(new X509Certificate(certificate).publicKey)}`,
  }
}
