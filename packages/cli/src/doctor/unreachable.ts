import { PinDiffers } from './ask-http.ts'

/** Where something is asked for, and which line of the configuration says so. */
export interface Asked {
  readonly url: URL
  /** The member with the address. */
  readonly field: string
  /** The member with the authority. */
  readonly caField: string
  /** What it is, for a sentence: `limits`. */
  readonly who: string
}

interface Why {
  readonly found: string
  readonly fix: string
}

type Say = (asked: Asked, code: string) => Why

const chain: Say = ({ url, caField, who }, code) => ({
  found: `its certificate is not signed by an authority that is trusted here (${code})`,
  fix: `Write the authority that signed the certificate of ${who} into ${caField} (see it: openssl s_client -connect ${url.host} -showcerts)`,
})
const expired: Say = ({ who }) => ({
  found: 'its certificate has ended',
  fix: `Have the certificate of ${who} renewed, and restart it`,
})
const silent: Say = ({ url, who }) => ({
  found: 'it does not answer in time',
  fix: `See whether ${who} hangs, or a firewall swallows the way to it: curl -v ${url.origin}`,
})
const unknownHost: Say = ({ url, field }) => ({
  found: `the host name ${url.hostname} is not known`,
  fix: `Correct the host in ${field}, or the name server: getent hosts ${url.hostname}`,
})
const demandsClient: Say = ({ caField, who }) => ({
  found: 'it demands a client certificate that it knows',
  fix: `Write client_cert and client_key beside ${caField}, signed by the authority in callback[].tls.client_ca of ${who}`,
})
const notTls: Say = ({ url, field, who }) => ({
  found:
    url.protocol === 'https:'
      ? 'it speaks no TLS, and is asked with https'
      : 'it closed the connection, as a TLS server does that is asked with http',
  fix:
    url.protocol === 'https:'
      ? `Let ${who} serve TLS (callback[].tls), or write http:// into ${field} where that is allowed`
      : `Write https:// into ${field}, with tls: { ca: ... }, or see what ${who} logs`,
})

const BY_CODE: Readonly<Record<string, Say>> = {
  ECONNREFUSED: ({ url, field, who }) => ({
    found: `nobody listens on ${url.host}`,
    fix: `Start ${who}, or correct host and port in ${field}`,
  }),
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
  ETIMEDOUT: silent,
  ABORT_ERR: silent,
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: ({ who }) => ({
    found: 'its certificate is not valid yet',
    fix: `Set the clocks of this machine and of ${who} right`,
  }),
  DEPTH_ZERO_SELF_SIGNED_CERT: chain,
  SELF_SIGNED_CERT_IN_CHAIN: chain,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: chain,
  UNABLE_TO_GET_ISSUER_CERT: chain,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: chain,
  CERT_SIGNATURE_FAILURE: chain,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ url, field, who }) => ({
    found: `its certificate is not for ${url.hostname}`,
    fix: `Write a name that stands in the certificate of ${who} into ${field}, or have a certificate made for ${url.hostname}`,
  }),
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: demandsClient,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: demandsClient,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: demandsClient,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
  ECONNRESET: notTls,
  HPE_INVALID_CONSTANT: notTls,
}

/** Why it could not be asked, in words, and what helps. */
export function unreachable(error: unknown, asked: Asked): Why {
  if (error instanceof PinDiffers)
    return {
      found: 'the key of its certificate is not the one in pin_sha256',
      fix: `Have ${asked.who} say which key it has now; if it is rightly another one, write pin_sha256: "${error.found}"`,
    }
  const code = codeOf(error)
  const say = BY_CODE[code]
  return (
    say?.(asked, code) ?? {
      found: `it could not be asked (${code})`,
      fix: `Try it by hand: curl -v ${asked.url.origin}`,
    }
  )
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'ABORT_ERR'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
