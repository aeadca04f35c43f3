import type { CoSignerOption } from './co-signer-option.ts'
import type { CoSignerPaths } from './co-signer-paths.ts'

/**
 * The blocks of our own configuration for a Co-signer, YAML to paste; paths as they were given. What only the operator knows stands in
 * it as an example: addresses, names, the API users.
 */
export function ownConfiguration(option: CoSignerOption, port: number, name: string, paths: CoSignerPaths): string {
  return [
    'callback:',
    `  - listen: "0.0.0.0:${port}"`,
    `    dialects: [fireblocks-${option.messages}]`,
    ...(option.messages === 'json'
      ? ['    allow_from: [192.0.2.10/32]            # the address of the Co-signer as this listener sees it']
      : []),
    tlsLine(option, name, paths),
    'callers:',
    '  - name: cosigner-1',
    '    platform: fireblocks',
    `    dialects: [fireblocks-${option.messages}]`,
    '    organisation: acme',
    ...(option.messages === 'jwt' ? [`    pubkey_path: [{ file: ${inQuotes(beside(paths, 'cosigner-1.pub'))} }]`] : []),
    '    signer_ids: { "the-id-of-the-api-user": signer }    # or approver',
    'identity:',
    option.messages === 'jwt'
      ? `  private_key: ${inQuotes(paths.handlerKey)}`
      : `  private_key: ${inQuotes(beside(paths, 'gateway.pem'))}    # keys generate; signs no answer to this Co-signer`,
    `  internal_key: ${inQuotes(beside(paths, 'gateway-internal.pem'))}    # gateway only; keys generate`,
    '',
  ].join('\n')
}

function tlsLine({ trust }: CoSignerOption, name: string, { certificate, certificateKey }: CoSignerPaths): string {
  if (trust === 'public-ca') {
    return `    tls: { cert: tls/${name}-fullchain.pem, key: tls/${name}.key }    # of a public authority: server first, then its chain`
  }
  return `    tls: { cert: ${inQuotes(certificate)}, key: ${inQuotes(certificateKey)} }`
}

function beside({ handlerKey }: CoSignerPaths, name: string): string {
  return handlerKey.replace(/[^/\\]*$/, name)
}

/** A double-quoted scalar of YAML takes what JSON writes. */
function inQuotes(path: string): string {
  return JSON.stringify(path)
}
