import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { loadPrivateKey, replaceFile } from '@callback-quorum/service'
import { leafLife } from '../certificates/certificate-life.ts'
import type { Issuer } from '../certificates/make-certificate.ts'
import { CommandFailed } from '../faults.ts'
import type { CoSignerPaths } from './co-signer-paths.ts'

const FILE_BYTES_MAX = 65_536

/**
 * Puts a certificate for the same key and the same names in the place of the one that is there, which stays beside it under its serial
 * number. One that a Root-CA signed is signed by it again. Throws CommandFailed when key, certificate and Root-CA do not belong together.
 */
export async function renewCertificate(o: {
  readonly paths: CoSignerPaths
  readonly days: number
  readonly nowMs: number
}): Promise<{ readonly pem: string; readonly keptAs: string }> {
  const found = await readPem(o.paths.certificate)
  const { key: privateKey } = await loadPrivateKey(o.paths.certificateKey)
  const old = parse(o.paths.certificate, found)
  if (!old.checkPrivateKey(privateKey)) {
    throw new CommandFailed(`${o.paths.certificate} is not the certificate of the key in ${o.paths.certificateKey}`)
  }
  const life = leafLife(o.nowMs, o.days)
  const issuer = old.subject === old.issuer ? undefined : await readIssuer(o.paths, old, life.notAfter)
  const { remakeServerCertificate } = await import('../certificates/make-certificate.ts')
  const pem = await remakeServerCertificate({
    pem: found,
    privateKey,
    life,
    ...(issuer === undefined ? {} : { issuer }),
  })
  const keptAs = o.paths.certificate.replace(/\.pem$/, `.${old.serialNumber.toLowerCase()}.pem`)
  await replaceFile({ path: o.paths.certificate, content: pem, mode: 0o644 }, found, keptAs)
  return { pem, keptAs }
}

async function readIssuer(paths: CoSignerPaths, old: X509Certificate, notAfter: Date): Promise<Issuer> {
  const pem = await readPem(paths.rootCa)
  const authority = parse(paths.rootCa, pem)
  if (!old.checkIssued(authority) || !old.verify(authority.publicKey)) {
    throw new CommandFailed(`${paths.certificate} was not signed by the Root-CA in ${paths.rootCa}`)
  }
  const { key: privateKey } = await loadPrivateKey(paths.rootCaKey)
  if (!authority.checkPrivateKey(privateKey)) {
    throw new CommandFailed(`${paths.rootCa} is not the certificate of the key in ${paths.rootCaKey}`)
  }
  if (authority.validToDate < notAfter) {
    throw new CommandFailed(
      `the Root-CA in ${paths.rootCa} ends ${authority.validToDate.toISOString()}, before the new certificate would; ` +
        'take fewer --days, or make a new Root-CA and hand it over in time',
    )
  }
  return { pem, privateKey }
}

async function readPem(path: string): Promise<string> {
  const pem = await readFile(path, 'latin1').catch((cause: unknown) => {
    throw new CommandFailed(`${path} cannot be read`, { cause })
  })
  if (pem.length > FILE_BYTES_MAX) throw new CommandFailed(`${path} is larger than ${FILE_BYTES_MAX} bytes`)
  // With a chain in it, the rest would be lost.
  if (pem.split('-----BEGIN ').length !== 2) throw new CommandFailed(`${path}: expected one certificate in PEM`)
  return pem
}

function parse(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw new CommandFailed(`${path} holds no certificate that can be decoded`, { cause })
  }
}
