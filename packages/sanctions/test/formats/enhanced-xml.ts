/**
 * A list in the shape of OFAC's ENHANCED.XML. No published file was at hand; elements and attributes are what public readers of it take:
 * sanctionsData, publicationInfo, referenceValues, featureTypes, entities/entity and the namespace from serializer classes made
 * from its schema; datePublished, `valueRefId` and `generalInfo/identityId` from an importer; the order of a name's and a feature's
 * parts from excerpts in tests of such readers. `refId` of a list is the ListID of ADVANCED.XML (91512 in an excerpt).
 */
export function enhancedXml(entities: readonly string[], options: { dataAsOf?: string; types?: string } = {}): string {
  const { dataAsOf = '2026-10-02T00:00:00-04:00', types = TYPES } = options
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<sanctionsData xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML">',
    `<publicationInfo><dataAsOf>${dataAsOf}</dataAsOf><filters><sanctionsLists><sanctionsList refId="1550">SDN List</sanctionsList></sanctionsLists></filters></publicationInfo>`,
    '<referenceValues><referenceValue refId="20122"><type>Script</type><value>Latin</value></referenceValue></referenceValues>',
    `<featureTypes>${types}</featureTypes>`,
    `<entities>${entities.join('\n')}</entities>`,
    '</sanctionsData>',
  ].join('\n')
}

const typeXml = (id: string, text: string): string =>
  `<featureType featureTypeId="${id}"><type>${text}</type><detailType refId="1432">TEXT</detailType></featureType>`
const TYPES =
  typeXml('344', 'Digital Currency Address - XBT') +
  typeXml('345', 'Digital Currency Address - ETH') +
  typeXml('25', 'Gender')

export const entityXml = (id: string, features: string, name = 'SOMEBODY, Else'): string =>
  `<entity id="${id}"><generalInfo><identityId>999</identityId><entityType refId="600">Individual</entityType></generalInfo>` +
  '<sanctionsLists><sanctionsList refId="1550" id="1" datePublished="2020-03-02">SDN List</sanctionsList></sanctionsLists>' +
  '<sanctionsPrograms><sanctionsProgram refId="1" id="2">CYBER2</sanctionsProgram></sanctionsPrograms>' +
  '<sanctionsTypes><sanctionsType refId="1" id="2">Block</sanctionsType></sanctionsTypes>' +
  `<names><name id="1"><isPrimary>false</isPrimary><translations><translation id="3"><isPrimary>true</isPrimary><formattedFullName>Alias</formattedFullName></translation></translations></name>` +
  `<name id="2"><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations>` +
  `<translation id="4"><isPrimary>false</isPrimary><script refId="20107">Cyrillic</script><formattedFullName>\u041a\u0442\u043e</formattedFullName></translation>` +
  `<translation id="5"><isPrimary>true</isPrimary><script refId="20122">Latin</script><formattedFullName>${name}</formattedFullName>` +
  '<nameParts><namePart id="6"><type refId="1">Last Name</type><value>SOMEBODY</value></namePart></nameParts></translation></translations></name></names>' +
  `<features>${features}</features></entity>`

export const featureXml = (
  id: string,
  value: string,
  type = '344',
  words = 'Digital Currency Address - XBT',
  more = '',
): string =>
  `<feature id="${id}"><type featureTypeId="${type}">${words}</type><versionId>7</versionId>${value}<isPrimary>true</isPrimary><reliability refId="1">Unknown</reliability>${more}</feature>`

export const valueXml = (text: string): string => `<value>${text}</value>`
