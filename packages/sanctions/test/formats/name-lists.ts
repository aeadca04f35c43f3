/** EU: elements and attributes as opensanctions/opensanctions reads them (zavod/shed/fsf.py); root and namespace from a published excerpt. */
export const euXml = (entities: string, date = '2024-12-11T21:24:35.826+01:00'): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="${date}" globalFileId="171703">${entities}</export>`

export const euEntity = (id: string, content: string): string =>
  `<sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="${id}" designationDate="2020-07-30" logicalId="13">${content}` +
  '<regulation regulationType="regulation" publicationDate="2020-07-30" programme="CYB" logicalId="348"><publicationUrl>http://eur-lex.europa.eu/x</publicationUrl></regulation>' +
  '<subjectType code="person" classificationCode="P"/><nameAlias wholeName="Some Body" strong="true" logicalId="1"/><nameAlias wholeName="S. Body" strong="false" logicalId="2"/></sanctionEntity>'

/** UN: elements as opensanctions/opensanctions reads them (datasets/_global/un_sc_sanctions); the date's form from a public test. */
export const unXml = (individuals: string, entities: string, date = '2026-09-07T23:00:04.871Z'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<CONSOLIDATED_LIST xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" dateGenerated="${date}"><INDIVIDUALS>${individuals}</INDIVIDUALS><ENTITIES>${entities}</ENTITIES></CONSOLIDATED_LIST>`

export const unParty = (element: 'INDIVIDUAL' | 'ENTITY', id: string, comments: string): string =>
  `<${element}><DATAID>6907993</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>ERIC</FIRST_NAME><SECOND_NAME>BADEGE</SECOND_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>${id}</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON><COMMENTS1>${comments}</COMMENTS1></${element}>`

/** UK: first record, columns and their order as in an excerpt of the file of 2026-10-08; elements of the XML from one of 2026-09-02. */
const UK_COLUMNS =
  'Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,Alias strength,Title,Name non-latin script,Non-latin script type,Non-latin script language,Regime Name,Designation Type,Designation source,Sanctions Imposed,Other Information,UK Statement of Reasons,Address Line 1,Address Line 2,Address Line 3,Address Line 4,Address Line 5,Address Line 6,Address Postal Code,Address Country,Phone number,Website,Email address,Date Designated,D.O.B,Nationality(/ies),National Identifier number,National Identifier additional information,Passport number,Passport additional information,Position,Gender,Town of birth,Country of birth,Type of entity,Subsidiaries,Parent company,Business registration number (s),IMO number,Current owner/operator (s),Previous owner/operator (s),Current believed flag of ship,Previous flags,Type of ship,Tonnage of ship,Length of ship,Year Built,Hull identification number (HIN)'

export const UK_HEAD = `Report Date: 08-Oct-2026\r\n${UK_COLUMNS}\r\n`

export const ukRecord = (values: Readonly<Record<string, string>>): string =>
  `${UK_COLUMNS.split(',')
    .map((column) => values[column] ?? '')
    .map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')}\r\n`

export const ukXml = (designations: string, date = '08/10/2026'): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<Designations xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><DateGenerated>${date}</DateGenerated>${designations}</Designations>`

export const ukDesignation = (id: string, information: string): string =>
  `<Designation><LastUpdated>04/08/2026</LastUpdated><DateDesignated>29/06/2012</DateDesignated><UniqueID>${id}</UniqueID><OFSIGroupID>12703</OFSIGroupID>` +
  '<Names><Name><Name6>ALIAS</Name6><NameType>Alias</NameType></Name><Name><Name1>Some</Name1><Name6>BODY</Name6><NameType>Primary Name</NameType></Name></Names>' +
  `<RegimeName>Cyber</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip><OtherInformation>${information}</OtherInformation></Designation>`
