import { isIP } from 'node:net'
import type { X509Certificate } from 'node:crypto'
import { renewFrom } from '../../certificates/certificate-life.ts'
import { certificatesIn } from '../certificates-in.ts'
import type { Check, DoctorContext } from '../check.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { permissionFindings } from '../key-permissions.ts'
import { keyIn, readPem } from '../read-pem.ts'
import { orOk } from '../unread-blocks.ts'

const { ok, failed, warning } = findingsOf('tls files')

/** A certificate with its key, or the authorities somebody is verified with. */
type TlsFiles =
  | { readonly field: string; readonly cert: string; readonly key: string; readonly listens?: string }
  | { readonly field: string; readonly authorities: string }

/** Every certificate that the configuration names: readable, valid now, with its key, and for the address others use. */
export const tlsFiles: Check = {
  name: 'tls files',
  run: async (context) => {
    const named = filesOf(context)
    const findings = (await Promise.all(named.map((files) => lookAt(files, context)))).flat()
    const well = ok(named.length === 0 ? 'no TLS files are named' : `${named.length} named, valid and with their keys`)
    return orOk(findings, well, context, ['callback', 'checkers'])
  },
}

function filesOf({ common, gateway }: DoctorContext): readonly TlsFiles[] {
  return [
    ...(common.callback ?? []).flatMap(({ tls, listen }, index): TlsFiles[] => {
      if (tls === undefined) return []
      const field = `callback[${index}].tls`
      return [
        { field, cert: tls.cert, key: tls.key, listens: listen.host },
        ...(tls.client_ca === undefined ? [] : [{ field: `${field}.client_ca`, authorities: tls.client_ca }]),
      ]
    }),
    ...(gateway.checkers ?? []).flatMap(({ tls, name }, index): TlsFiles[] => {
      const field = `checkers[${index}].tls`
      const { ca, client_cert: cert, client_key: key } = tls ?? {}
      return [
        ...(ca === undefined ? [] : [{ field: `${field}.ca (${name})`, authorities: ca }]),
        ...(cert === undefined || key === undefined ? [] : [{ field: `${field} (${name}, client)`, cert, key }]),
      ]
    }),
  ]
}

async function lookAt(files: TlsFiles, context: DoctorContext): Promise<readonly Finding[]> {
  if ('authorities' in files) return lookAtAuthorities(files.authorities, files.field, context)
  const [certPath, keyPath] = [context.pathOf(files.cert), context.pathOf(files.key)]
  const [certFile, keyFile] = await Promise.all([readPem(certPath), readPem(keyPath)])
  const findings = [...(await permissionFindings(keyPath, keyFile, context, 'tls files'))]
  const [leaf] = 'pem' in certFile ? certificatesIn(certFile.pem) : []
  if (leaf === undefined)
    findings.push(
      failed(
        `${certPath} (${files.field}.cert): ${whyNot(certFile, 'a certificate')}`,
        `Put the server's certificate and those between it and the authority there, in PEM, or change ${files.field}.cert`,
      ),
    )
  else
    findings.push(
      ...lifeFindings(leaf, certPath, files.field, context.nowMs()),
      ...nameFindings(leaf, certPath, files.listens),
    )
  const key = keyFile.is === 'private key' ? keyIn(keyFile.pem, 'private key') : undefined
  if (key === undefined)
    findings.push(
      failed(
        `${keyPath} (${files.field}.key): ${whyNot(keyFile, 'a private key')}`,
        `Put the unencrypted private key of ${files.cert} there, or change ${files.field}.key`,
      ),
    )
  else if (leaf !== undefined && !leaf.checkPrivateKey(key))
    findings.push(
      failed(
        `${keyPath} (${files.field}.key): is not the key of the certificate in ${certPath}`,
        `Put the key there that the certificate was made for, or have the certificate made anew for this key (compare: openssl x509 -in '${certPath}' -noout -pubkey and openssl pkey -in '${keyPath}' -pubout)`,
      ),
    )
  return findings
}

function whyNot(file: Awaited<ReturnType<typeof readPem>>, wanted: string): string {
  if (file.is === 'unreadable') return `${file.why}; expected ${wanted}`
  return `is ${file.is === 'no PEM' ? 'no PEM' : `a ${file.is}`} that cannot be used; expected ${wanted}`
}

async function lookAtAuthorities(path: string, field: string, context: DoctorContext): Promise<readonly Finding[]> {
  const file = await readPem(context.pathOf(path))
  const found = 'pem' in file ? certificatesIn(file.pem) : []
  const fix = `Put the certificate of the authority there (PEM, "CERTIFICATE"), or change ${field}`
  if (found.length === 0)
    return [failed(`${context.pathOf(path)} (${field}): ${whyNot(file, 'one or more certificates')}`, fix)]
  const now = context.nowMs()
  const living = found.filter(
    ({ validFromDate, validToDate }) => validFromDate.getTime() <= now && now <= validToDate.getTime(),
  )
  if (living.length === 0) return [failed(`${context.pathOf(path)} (${field}): no certificate in it is valid now`, fix)]
  return living.flatMap((certificate) =>
    now < nearEnd(certificate)
      ? []
      : [
          warning(
            `${context.pathOf(path)} (${field}): ${subjectOf(certificate)} ends on ${day(certificate)}`,
            'Add the next certificate of the authority to the file before that day',
          ),
        ],
  )
}

function lifeFindings(leaf: X509Certificate, path: string, field: string, now: number): readonly Finding[] {
  const taken = field.startsWith('callback') ? 'follows the file' : 'reads it when it starts'
  const renew = `Have it renewed and put the new one into ${path} (${field}.cert); the service ${taken}`
  if (now > leaf.validToDate.getTime()) return [failed(`${path} (${field}.cert): ended on ${day(leaf)}`, renew)]
  if (now < leaf.validFromDate.getTime())
    return [
      failed(
        `${path} (${field}.cert): is valid only from ${leaf.validFromDate.toISOString().slice(0, 16)}Z on`,
        "Set this machine's clock right, or wait",
      ),
    ]
  return now < nearEnd(leaf) ? [] : [warning(`${path} (${field}.cert): ends on ${day(leaf)}`, renew)]
}

/** A listener on one address is asked under it, or under a name that only others know. */
function nameFindings(leaf: X509Certificate, path: string, host: string | undefined): readonly Finding[] {
  if (leaf.subjectAltName === undefined)
    return host === undefined
      ? []
      : [
          failed(
            `${path}: names no host (no subjectAltName); clients compare nothing else`,
            'Have a certificate made with the names and addresses under which others ask',
          ),
        ]
  if (host === undefined || host === '0.0.0.0' || host === '::') return []
  const covers = isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)
  return covers !== undefined || leaf.subjectAltName.includes('DNS:')
    ? []
    : [
        warning(
          `${path}: is for ${leaf.subjectAltName}, and the listener is on ${host}`,
          `Have a certificate made that names ${host}, or whatever others ask it under`,
        ),
      ]
}

const subjectOf = ({ subject }: X509Certificate): string => subject.replaceAll('\n', ', ')
const day = ({ validToDate }: X509Certificate): string => validToDate.toISOString().slice(0, 10)
const nearEnd = ({ validFromDate, validToDate }: X509Certificate): number =>
  renewFrom({ notBefore: validFromDate, notAfter: validToDate }).getTime()
