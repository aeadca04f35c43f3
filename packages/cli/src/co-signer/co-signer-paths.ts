import { join } from 'node:path'
import type { CoSignerOption } from './co-signer-option.ts'

export interface CoSignerPaths {
  /** PKCS#8; signs our answers. */
  readonly handlerKey: string
  /** SPKI; what a Co-signer verifies them with. */
  readonly handlerPublicKey: string
  readonly certificate: string
  readonly certificateKey: string
  readonly rootCa: string
  readonly rootCaKey: string
}

/** Where everything of `name` stands, whether its option has it or not. */
export function coSignerPaths(directory: string, name: string): CoSignerPaths {
  const at = (suffix: string): string => join(directory, `${name}${suffix}`)
  return {
    handlerKey: at('.pem'),
    handlerPublicKey: at('.pub'),
    certificate: at('-tls.pem'),
    certificateKey: at('-tls.key'),
    rootCa: at('-root-ca.pem'),
    rootCaKey: at('-root-ca.key'),
  }
}

/** Which of them an option has. */
export function filesOf({ messages, trust }: CoSignerOption): readonly (keyof CoSignerPaths)[] {
  return [
    ...(messages === 'jwt' ? (['handlerKey', 'handlerPublicKey'] as const) : []),
    ...(trust === 'public-ca' ? [] : (['certificateKey', 'certificate'] as const)),
    ...(trust === 'root-ca' ? (['rootCaKey', 'rootCa'] as const) : []),
  ]
}
