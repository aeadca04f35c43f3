/**
 * How a Co-signer and its handler recognise one another (protocol/fireblocks.md section 1.1): the messages by their signatures or the
 * server alone by its certificate, which the Co-signer trusts by a public authority, by a pin, or by the Root-CA it was given.
 */
export interface CoSignerOption {
  readonly number: 1 | 2 | 3 | 4 | 5
  readonly title: string
  readonly messages: 'jwt' | 'json'
  readonly trust: 'public-ca' | 'pin' | 'root-ca'
  /** Which Co-signers have it. */
  readonly availability: string
}

const SINCE = 'Co-signers from 2025.12.11'

const OPTIONS: readonly CoSignerOption[] = [
  { number: 1, title: 'public key', messages: 'jwt', trust: 'public-ca', availability: 'every Co-signer' },
  { number: 2, title: 'certificate pinning', messages: 'json', trust: 'pin', availability: 'every Co-signer' },
  {
    number: 3,
    title: 'Root-CA',
    messages: 'json',
    trust: 'root-ca',
    availability: `${SINCE}; on Nitro and GCP UNCERTAIN (the release notes name it for SGX alone)`,
  },
  {
    number: 4,
    title: 'hybrid: public key and certificate pinning',
    messages: 'jwt',
    trust: 'pin',
    availability: `${SINCE}, SGX only`,
  },
  {
    number: 5,
    title: 'hybrid: public key and Root-CA',
    messages: 'jwt',
    trust: 'root-ca',
    availability: `${SINCE}, SGX only`,
  },
]

export const OPTION_NUMBERS: readonly string[] = OPTIONS.map(({ number }) => String(number))

/** `text` is one of OPTION_NUMBERS. */
export function coSignerOption(text: string): CoSignerOption {
  const found = OPTIONS.find(({ number }) => String(number) === text)
  if (found === undefined) throw new Error(`there is no option ${text}`)
  return found
}
