import { advancedXml, detail } from '../advanced-xml.ts'

/** A list of so many made-up addresses, each of a party of its own, that no chain reads. */
export const listOf = (count: number, day = '19'): string =>
  advancedXml(
    Array.from({ length: count }, (_, position) => ({
      party: String(position + 1),
      detail: detail(valueAt(position)),
    })),
    { day },
  )

export const valueAt = (position: number): string => `madeUpAddress${String(position).padStart(20, '0')}`
