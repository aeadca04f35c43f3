import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { readDay, tryDay } from '../read-day.ts'
import { createEntityListParser, type EntityPart } from './entity-list.ts'
import type { NamedEntity } from './entity-rows.ts'

/**
 * Reads the EU's financial sanctions file (FSF, xmlFullSanctionsList_1_1): `export@generationDate` with one `sanctionEntity` each.
 * Layout as read by opensanctions/opensanctions (zavod/shed/fsf.py). Throws SanctionsFault.
 */
export const createEuParser = (): FormatReader =>
  createEntityListParser({
    root: 'export',
    entities: [['sanctionEntity', 'export']],
    describe,
    dateOfIssue: (parts) => readDay((parts.at(-1)?.attributes.generationDate ?? '').slice(0, 10)),
  })

function describe(parts: readonly EntityPart[]): NamedEntity {
  const own = parts.at(-1)?.attributes ?? {}
  const partyId = own.euReferenceNumber ?? own.logicalId ?? ''
  if (partyId === '') throw misbuilt('a sanctionEntity without euReferenceNumber and logicalId')
  const valuesOf = (element: string, attribute: string): string[] =>
    parts.flatMap((part) => (part.element === element ? (part.attributes[attribute] ?? '') : '')).filter(Boolean)
  const designatedOn = tryDay(own.designationDate ?? '')
  return {
    partyId,
    partyName: valuesOf('nameAlias', 'wholeName')[0] ?? '',
    programs: [...new Set(valuesOf('regulation', 'programme'))],
    listIds: [],
    ...(designatedOn === undefined ? {} : { designatedOn }),
  }
}
