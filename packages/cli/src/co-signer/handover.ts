import type { CoSignerOption } from './co-signer-option.ts'
import type { CoSignerPaths } from './co-signer-paths.ts'
import type { CoSignerFiles } from './make-co-signer-files.ts'

/** What the administrator of a Co-signer needs from us (protocol/fireblocks.md section 1.3), ready to run or to paste. */
export interface Handover {
  readonly api: {
    readonly method: 'PATCH'
    readonly path: string
    readonly body: {
      readonly callbackHandler: { readonly url: string; readonly publicKey?: string; readonly cert?: string }
    }
  }
  readonly steps: readonly string[]
  readonly warnings: readonly string[]
}

const API_USER = '/cosigners/{cosignerId}/api_keys/{apiKeyId}'

/** `url` is where the Co-signer asks, without the path of the wire. */
export function handoverOf(option: CoSignerOption, url: string, files: CoSignerFiles, paths: CoSignerPaths): Handover {
  const certFile = certificateFile(option)
  const publicKey = files.handlerPublicKey
  const cert = certFile === undefined ? undefined : files[certFile]
  const body = {
    callbackHandler: {
      url,
      ...(publicKey === undefined ? {} : { publicKey }),
      ...(cert === undefined ? {} : { cert }),
    },
  }
  return {
    api: { method: 'PATCH', path: API_USER, body },
    steps: [
      enter(option, url, paths),
      `Or by the API (Admin or Non-Signing Admin): PATCH ${API_USER}, with the body below. PUT pairs a new API user.`,
      `An owner of the workspace approves it; GET ${API_USER}/{requestId} says COMPLETED when it holds.`,
      ...(option.messages === 'jwt' ? [askForKey(paths)] : []),
    ],
    warnings: warningsOf(option),
  }
}

function certificateFile({ trust }: CoSignerOption): 'certificate' | 'rootCa' | undefined {
  switch (trust) {
    case 'public-ca':
      return undefined
    case 'pin':
      return 'certificate'
    case 'root-ca':
      return 'rootCa'
    default:
      return trust satisfies never
  }
}

function enter(option: CoSignerOption, url: string, paths: CoSignerPaths): string {
  const certFile = certificateFile(option)
  const what = [
    `the URL ${url} (the Co-signer appends ${option.messages === 'jwt' ? '/v2/tx_sign_request' : '/tx_sign_request'} itself)`,
    ...(option.messages === 'jwt' ? [`the public key in ${paths.handlerPublicKey}`] : []),
    ...(certFile === undefined ? [] : [`the certificate in ${paths[certFile]}`]),
  ]
  return `In the Console, at the API user's callback handler: ${what.join(', ')}.`
}

function askForKey({ handlerPublicKey }: CoSignerPaths): string {
  const beside = handlerPublicKey.replace(/[^/\\]*$/, 'cosigner-1.pub')
  return [
    `Give back the public key of the Co-signer, to be kept as ${beside}; it prints it with`,
    './cosigner print-public-key (SGX),',
    './fireblocks/cosigner print-public-key (Nitro),',
    'or into the Cloud Logging of its machine, under "public key" (GCP, from 0.9.3).',
  ].join('\n')
}

function warningsOf(option: CoSignerOption): readonly string[] {
  return [
    'Without a callback handler a Co-signer signs and approves everything of that API user: check that each of them has one.',
    '"cosigner callback-update" asks for key and certificate too, but changes only the URL: use the Console or the API, or unpair and pair.',
    'Console and API reach Co-signers from SGX 3.7.1, Nitro 2.0.5, GCP 0.9.4 (which has no command line).',
    ...(option.number === 1 || option.number === 2 ? [] : [`Option ${option.number}: ${option.availability}.`]),
    ...(option.trust === 'pin'
      ? [
          'UNCERTAIN: whether a Co-signer compares the host name under pinning; the certificate names it in any case.',
          'UNCERTAIN: that the pin is on the public key follows from its error text and the API, which shows a hash of the key; a renewal for the same key then needs nothing there.',
        ]
      : []),
    ...(option.trust === 'root-ca'
      ? ['UNCERTAIN: no field of the API tells a Root-CA from a pinned certificate; the Console may be the only way.']
      : []),
    ...(option.trust !== 'public-ca' && option.messages === 'jwt'
      ? ['UNCERTAIN: the API documents publicKey and cert, not that both together choose a hybrid.']
      : []),
    ...(option.messages === 'json'
      ? ['Nothing in the messages says who asks: allow_from or a client certificate is all that keeps others out.']
      : []),
  ]
}
