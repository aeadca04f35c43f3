import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { placeNewFiles, type NewFile } from '@callback-quorum/service'
import { leafLife, rootLife } from '../certificates/certificate-life.ts'
import type { ServerNames } from '../certificates/server-names.ts'
import type { CoSignerOption } from './co-signer-option.ts'
import { coSignerPaths, filesOf, type CoSignerPaths } from './co-signer-paths.ts'

/** A handler's key has this length and no other (protocol/fireblocks.md section 5); certificates follow it. */
const MODULUS_BITS = 2048
const SECRETS: ReadonlySet<keyof CoSignerPaths> = new Set(['handlerKey', 'certificateKey', 'rootCaKey'])
const OWNER_ONLY = 0o600
const FOR_ALL = 0o644

/** By the names of CoSignerPaths; what an option does not need is absent. */
export type CoSignerFiles = Readonly<Partial<Record<keyof CoSignerPaths, string>>>

/**
 * Makes what one option needs, and writes all of it or nothing. A certificate holds for `days` from `nowMs`. Resolves to the contents.
 * Throws ServiceFault ERR_SERVICE_KEY_EXISTS where a file of one of the names exists.
 */
export async function makeCoSignerFiles(o: {
  readonly directory: string
  readonly name: string
  readonly option: CoSignerOption
  readonly names: ServerNames
  readonly days: number
  readonly nowMs: number
}): Promise<CoSignerFiles> {
  const made: CoSignerFiles = {
    ...(o.option.messages === 'jwt' ? await makeHandlerKeys() : {}),
    ...(o.option.trust === 'public-ca' ? {} : await makeCertificates(o)),
  }
  const paths = coSignerPaths(o.directory, o.name)
  const files = filesOf(o.option).map((file): NewFile => {
    const content = made[file]
    if (content === undefined) throw new Error(`option ${o.option.number} needs ${file}, which was not made`)
    return { path: paths[file], content, mode: SECRETS.has(file) ? OWNER_ONLY : FOR_ALL }
  })
  await placeNewFiles(files)
  return made
}

async function makeHandlerKeys(): Promise<CoSignerFiles> {
  const key = await makeKey()
  return {
    handlerKey: privatePem(key),
    handlerPublicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  }
}

async function makeCertificates(o: {
  readonly name: string
  readonly option: CoSignerOption
  readonly names: ServerNames
  readonly days: number
  readonly nowMs: number
}): Promise<CoSignerFiles> {
  const { makeRootCa, makeServerCertificate } = await import('../certificates/make-certificate.ts')
  const key = await makeKey()
  const server = { names: o.names, privateKey: key, life: leafLife(o.nowMs, o.days) }
  if (o.option.trust !== 'root-ca') {
    return { certificateKey: privatePem(key), certificate: await makeServerCertificate(server) }
  }
  const rootKey = await makeKey()
  const rootCa = await makeRootCa({ name: o.name, privateKey: rootKey, life: rootLife(o.nowMs) })
  const certificate = await makeServerCertificate({ ...server, issuer: { pem: rootCa, privateKey: rootKey } })
  return { certificateKey: privatePem(key), certificate, rootCaKey: privatePem(rootKey), rootCa }
}

async function makeKey(): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS })).privateKey
}

function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
