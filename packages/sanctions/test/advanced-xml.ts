import { createHash } from 'node:crypto'

export interface ListedPart {
  readonly party: string
  readonly name?: string
  readonly feature?: string
  readonly type?: string
  readonly detail: string
  readonly comment?: string
}

const MAP = { '344': 'Digital Currency Address - XBT', '345': 'Digital Currency Address - ETH', '25': 'Gender' }

/** A small list in the shape of the real one. */
export function advancedXml(
  parts: readonly ListedPart[],
  options: { types?: Readonly<Record<string, string>>; day?: string } = {},
): string {
  const types = Object.entries(options.types ?? MAP).map(
    ([id, text]) => `<FeatureType ID="${id}" FeatureTypeGroupID="1">${text}</FeatureType>`,
  )
  const parties = [...new Set(parts.map(({ party }) => party))]
  const partyXml = (party: string): string => {
    const own = parts.filter((part) => part.party === party)
    const features = own.map(
      ({ feature = `${party}1`, type = '344', detail, comment = '' }) =>
        `<Feature ID="${feature}" FeatureTypeID="${type}"><FeatureVersion ID="1" ReliabilityID="1"><Comment>${comment}</Comment>${detail}</FeatureVersion></Feature>`,
    )
    const name = `<Alias Primary="true"><DocumentedName><DocumentedNamePart><NamePartValue>${own[0]?.name ?? 'Somebody'}</NamePartValue></DocumentedNamePart></DocumentedName></Alias>`
    return `<DistinctParty FixedRef="${party}"><Profile ID="${party}"><Identity Primary="true">${name}</Identity>${features.join('')}</Profile></DistinctParty>`
  }
  const entryXml = (party: string): string =>
    `<SanctionsEntry ProfileID="${party}" ListID="1550"><EntryEvent><Date><Year>2020</Year><Month>3</Month><Day>2</Day></Date></EntryEvent><SanctionsMeasure><Comment>CYBER2</Comment></SanctionsMeasure></SanctionsEntry>`
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<Sanctions xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML" Version="3">',
    `<DateOfIssue><Year>2025</Year><Month>11</Month><Day>${options.day ?? '19'}</Day></DateOfIssue>`,
    `<ReferenceValueSets><FeatureTypeValues>${types.join('')}</FeatureTypeValues></ReferenceValueSets>`,
    `<DistinctParties>${parties.map(partyXml).join('')}</DistinctParties>`,
    `<SanctionsEntries>${parties.map(entryXml).join('')}</SanctionsEntries>`,
    '</Sanctions>',
  ].join('\n')
}

export const detail = (text: string): string => `<VersionDetail DetailTypeID="1432">${text}</VersionDetail>`

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
