import {
  AdminFault,
  cursorOf,
  PAGE,
  readCursor,
  readId,
  readQuery,
  type AdminCall,
  type AdminRoute,
  type Database,
} from '@callback-quorum/service'

/**
 * `GET /v1/intents?reference=&organisation=&after=`: what is stored, by organisation and reference. `GET /v1/intents/:reference/events?organisation=&after=`:
 * every push of a reference in the order it was decided, `after` being the id of the last one seen.
 */
export const inboxAdminRoutes = (database: Database): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/intents', role: 'viewer', handle: (call) => listIntents(database, call) },
  {
    method: 'GET',
    path: '/v1/intents/:reference/events',
    role: 'viewer',
    handle: (call) => listEvents(database, call),
  },
]

interface ListedIntent {
  readonly organisation: string
  readonly reference: string
  readonly version: string | null
}

async function listIntents(database: Database, call: AdminCall): Promise<{ body: object }> {
  const { reference, organisation, after } = readQuery(call, ['reference', 'organisation', 'after'])
  const [afterOrganisation, afterReference] = readCursor(after, 2) ?? [null, null]
  const intents = await database.query<ListedIntent>({
    text: `select organisation, reference, version::text as version, convert_from(data, 'UTF8') as data, record_digest, approved, disputed,
                  cancelled_version is not null as cancelled, cancelled_version::text as cancelled_version, updated_at
             from inbox_intent
            where ($1::text is null or reference = $1) and ($2::text is null or organisation = $2)
              and ($3::text is null or (organisation, reference) > ($3, $4))
            order by organisation, reference limit $5`,
    values: [
      readText('reference', reference),
      readText('organisation', organisation),
      afterOrganisation,
      afterReference,
      PAGE,
    ],
  })
  const last = intents.length === PAGE ? intents.at(-1) : undefined
  return { body: { intents, next: last === undefined ? null : cursorOf([last.organisation, last.reference]) } }
}

async function listEvents(database: Database, call: AdminCall): Promise<{ body: object }> {
  const { organisation, after } = readQuery(call, ['organisation', 'after'])
  const events = await database.query<{ readonly id: string }>({
    text: `select inbox_event_id::text as id, organisation, kind, version::text as version, producer, source, event_id, event_type, event_time,
                  record_digest, reason, result, accepted, received_at
             from inbox_event
            where reference = $1 and ($2::text is null or organisation = $2) and inbox_event_id > $3
            order by inbox_event_id limit $4`,
    values: [
      readText('reference', call.params['reference']),
      readText('organisation', organisation),
      readId('after', after ?? '0'),
      PAGE,
    ],
  })
  const last = events.length === PAGE ? events.at(-1) : undefined
  return { body: { events, next: last?.id ?? null } }
}

/** What no column can hold is asked for by nobody. Throws AdminFault 400. */
function readText(name: string, text: string | undefined): string | null {
  if (text?.includes('\0') === true)
    throw new AdminFault(400, `${name} is not a text; expected one without control characters`)
  return text ?? null
}
