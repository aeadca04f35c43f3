import type { AddressScreening, GuardedVendor } from './guarded-vendor.ts'
import type { Screening } from './vendor.ts'
import type { VendorSubject } from './vendor-subjects.ts'

/** What became of one address at one vendor. */
export interface VendorResult {
  readonly subject: VendorSubject
  readonly screening: Screening | { readonly status: 'skipped' }
  /** Absent when the vendor was not asked. */
  readonly answer?: AddressScreening
}

/** Everything one vendor was asked for one decision. */
export interface VendorRound {
  readonly vendor: GuardedVendor
  readonly results: readonly VendorResult[]
}

/** Asks all vendors side by side about the addresses in their roles. Never rejects. */
export function askVendors(
  vendors: readonly GuardedVendor[],
  subjects: readonly VendorSubject[],
  signal: AbortSignal,
): Promise<readonly VendorRound[]> {
  return Promise.all(
    vendors.map(async (vendor) => ({
      vendor,
      results: await askVendorAbout(vendor, concerning(vendor, subjects), signal),
    })),
  )
}

function concerning({ config }: GuardedVendor, subjects: readonly VendorSubject[]): readonly VendorSubject[] {
  return subjects.filter(
    ({ roles, isOwn }) =>
      (!isOwn || config.own_addresses === 'ask') && roles.some((role) => config.roles.includes(role)),
  )
}

async function askVendorAbout(
  vendor: GuardedVendor,
  subjects: readonly VendorSubject[],
  signal: AbortSignal,
): Promise<readonly VendorResult[]> {
  const most = vendor.config.addresses_max
  if (subjects.length > most) {
    const why = `the request names ${subjects.length} addresses; at most ${most} are asked about`
    return subjects.slice(0, 1).map((subject) => ({ subject, screening: { status: 'error', why, mayPass: false } }))
  }
  return Promise.all(subjects.map((subject) => askAbout(vendor, subject, signal)))
}

async function askAbout(vendor: GuardedVendor, subject: VendorSubject, signal: AbortSignal): Promise<VendorResult> {
  const unknown = (why: string): VendorResult => ({ subject, screening: { status: 'unknown', why } })
  const { address } = subject
  if (address === undefined) return unknown('it cannot be read as an address')
  const coverage = vendor.api.coverage(address.chain, address.key)
  switch (coverage) {
    case 'skip':
      return { subject, screening: { status: 'skipped' } }
    case 'unknown':
      return unknown('the vendor does not judge addresses of this chain')
    case 'ask': {
      if (vendor.api.readsText && address.text === undefined)
        return unknown('it is not written as the vendor would look it up')
      const answer = await vendor.screen({ ...address, text: address.text ?? address.raw }, signal)
      return { subject, screening: answer.screening, answer }
    }
    default:
      return unknown(`its coverage is ${String(coverage satisfies never)}`)
  }
}
