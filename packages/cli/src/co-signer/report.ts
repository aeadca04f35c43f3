import type { DescribedCertificate } from '../certificates/describe-certificate.ts'
import { wrap } from '../table.ts'
import type { CoSignerOption } from './co-signer-option.ts'
import { filesOf, type CoSignerPaths } from './co-signer-paths.ts'
import type { Handover } from './handover.ts'

/** What `keys co-signer` made, as it is printed with --output json. */
export interface CoSignerReport {
  readonly option: number
  readonly title: string
  readonly messages: CoSignerOption['messages']
  readonly trust: CoSignerOption['trust']
  readonly files: Readonly<Record<string, string>>
  /** Fingerprint of the handler's public key: SHA-256 of its SPKI (DER), in hex. */
  readonly handler_key?: string
  readonly certificate?: DescribedCertificate
  readonly root_ca?: DescribedCertificate
  readonly api: Handover['api']
  readonly steps: readonly string[]
  readonly warnings: readonly string[]
  readonly configuration: string
}

const FILES: Readonly<Record<keyof CoSignerPaths, { readonly member: string; readonly title: string }>> = {
  handlerKey: { member: 'handler_key', title: 'key of the handler' },
  handlerPublicKey: { member: 'handler_public_key', title: 'its public key' },
  certificateKey: { member: 'certificate_key', title: 'key of the server' },
  certificate: { member: 'certificate', title: 'its certificate' },
  rootCaKey: { member: 'root_ca_key', title: 'key of the Root-CA' },
  rootCa: { member: 'root_ca', title: 'its certificate' },
}
const WIDTH = 120

/** The members of `files`. */
export function reportedFiles(option: CoSignerOption, paths: CoSignerPaths): CoSignerReport['files'] {
  return Object.fromEntries(filesOf(option).map((file) => [FILES[file].member, paths[file]]))
}

/** The same for a person. */
export function reportText(report: CoSignerReport): string {
  const titles = Object.values(FILES)
  const files = titles.flatMap(({ member, title }) => {
    const path = report.files[member]
    return path === undefined ? [] : [`${title.padEnd(20)}${path}`]
  })
  return [
    `option ${report.option}: ${report.title}`,
    '',
    ...files,
    ...(report.handler_key === undefined ? [] : ['', `fingerprint of the handler's key  ${report.handler_key}`]),
    ...(report.certificate === undefined
      ? []
      : [
          '',
          ...certificateLines('certificate', report.certificate),
          `certificate pin       ${report.certificate.pin}`,
        ]),
    ...(report.root_ca === undefined
      ? []
      : [
          '',
          ...certificateLines('Root-CA', report.root_ca),
          'Keep its key away from this machine; renewals alone need it.',
        ]),
    '',
    'For the administrator of the Co-signer:',
    ...report.steps.flatMap((step, index) => paragraph(`${index + 1}. `, step)),
    '',
    JSON.stringify(report.api.body),
    '',
    'Know:',
    ...report.warnings.flatMap((warning) => paragraph('- ', warning)),
    '',
    'For our own configuration (paths are relative to its file):',
    '',
    report.configuration,
  ].join('\n')
}

/** What is compared by voice and what goes into a calendar. */
export function certificateLines(title: string, certificate: DescribedCertificate): readonly string[] {
  const { names, sha256, not_before: notBefore, not_after: notAfter, renew_from: renewFrom } = certificate
  return [
    ...(names === '' ? [] : [`${title} for ${names}`]),
    `${title} SHA-256   ${sha256}`,
    `${title} holds     ${notBefore} to ${notAfter}; renew from ${renewFrom}`,
  ]
}

/** Wrapped lines with their mark before the first; a command that must not be broken has a line of its own. */
export function paragraph(mark: string, text: string): readonly string[] {
  const indent = ' '.repeat(mark.length)
  const lines = text.split('\n').flatMap((line) => wrap(line, WIDTH - mark.length))
  return lines.map((line, index) => `${index === 0 ? mark : indent}${line}`)
}
