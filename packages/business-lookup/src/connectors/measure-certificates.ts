import type { Certificates } from '@callback-quorum/service'
import type { BusinessLookupConfig } from '../config.ts'

/** Has the expiry measured of what the connector asks the business system with, or is asked with. */
export async function measureCertificates(
  { connector }: Pick<BusinessLookupConfig, 'connector'>,
  certificates: Certificates,
): Promise<void> {
  switch (connector.kind) {
    case 'http': {
      const { ca, client_cert: clientCert, auth } = connector
      // Read again for each request.
      certificates.followFiles([
        { role: 'connector ca', path: ca },
        { role: 'connector client_cert', path: clientCert },
        { role: 'connector auth.ca', path: auth.kind === 'oauth2' ? auth.ca : undefined },
      ])
      return
    }
    case 'sql':
      await certificates.useFiles([{ role: 'connector ca', path: connector.ca }])
      return
    case 'inbox': {
      const { tls } = connector
      await certificates.useFiles([
        { role: 'connector tls.cert', path: tls?.cert },
        { role: 'connector tls.client_ca', path: tls?.client_ca },
      ])
      return
    }
    default:
      throw new Error(`unknown connector ${JSON.stringify(connector satisfies never)}`)
  }
}
