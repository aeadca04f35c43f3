import { AdminFault, PAGE, readId, readQuery, type AdminCall, type AdminRoute } from '@callback-quorum/service'
import { standingOf } from '../list/list-reader.ts'
import { readVersions } from '../versions/version-store.ts'
import { diffRoute } from './diff-route.ts'
import type { ListsContext } from './lists-context.ts'
import { screenRoute } from './screen-route.ts'
import { sourceOf } from './source-of.ts'
import { versionJson } from './version-json.ts'

/** What people see of the lists, on the admin listener. Nothing here changes what screens; a refresh goes through every gate. */
export const listRoutes = (context: ListsContext): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/lists', role: 'viewer', handle: (call) => lists(context, call) },
  { method: 'GET', path: '/v1/lists/:source/versions', role: 'viewer', handle: (call) => versions(context, call) },
  diffRoute(context),
  { method: 'POST', path: '/v1/lists/:source/refresh', role: 'operator', handle: (call) => refresh(context, call) },
  screenRoute(context),
]

async function lists({ sources, time, database }: ListsContext, call: AdminCall): Promise<{ body: object }> {
  readQuery(call, [])
  const described = sources.map(async (source) => {
    const standing = standingOf(source, time.nowMs())
    const active = source.active()
    const state = source.state()
    const [published] = await database.query<{ sha256: string; state: string }>({
      text: `select v.sha256, v.state from list_source s join list_version v on v.version_id = s.published_version where s.source = $1`,
      values: [source.name],
    })
    return {
      source: source.name,
      standing: standing.state,
      why: standing.state === 'fresh' ? null : standing.why,
      max_age_seconds: source.maxAgeMs === 'none' ? null : source.maxAgeMs / 1000,
      active:
        active === undefined
          ? null
          : {
              sha256: active.index.versionSha,
              canonical_set_sha: active.index.canonicalSetSha,
              date_of_issue: active.index.dateOfIssue ?? null,
              rows: active.index.rows,
              parties: active.index.parties,
              checked_at: active.checkedAtMs === undefined ? null : new Date(active.checkedAtMs).toISOString(),
              starter: active.isStarter,
            },
      published: published === undefined ? null : { sha256: published.sha256, state: published.state },
      removals_held: state?.heldRemovals ?? null,
      refreshing: state?.isLeased ?? null,
      next_refresh_at: state?.nextRefreshAt?.toISOString() ?? null,
    }
  })
  return { body: { lists: await Promise.all(described) } }
}

async function versions(context: ListsContext, call: AdminCall): Promise<{ body: object }> {
  const { after } = readQuery(call, ['after'])
  const found = await readVersions(context.database, sourceOf(context, call).name, {
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return { body: { versions: found.map(versionJson), next: last?.id.toString() ?? null } }
}

async function refresh(context: ListsContext, call: AdminCall): Promise<{ status: number; body: object }> {
  const source = sourceOf(context, call)
  if (typeof call.body === 'object' && call.body !== null && Object.keys(call.body).length > 0)
    throw new AdminFault(400, 'a refresh takes no members')
  // What becomes of it stands in the log, in the metrics and in the list of versions.
  await source.refresh()
  return { status: 202, body: { source: source.name, state: 'refreshing' } }
}
