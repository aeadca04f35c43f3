import {
  AdminFault,
  PAGE,
  readId,
  readQuery,
  readWord,
  type AdminCall,
  type AdminRoute,
  type Database,
} from '@callback-quorum/service'
import type { DeskOptions } from '../desk/desk-options.ts'
import { deskProposalRoutes } from '../desk/desk-proposal-routes.ts'
import { BLOCK_STATES, listBlocks, type ListedBlock } from '../desk/list-blocks.ts'
import { listOverrides, listUses, OVERRIDE_STATES, type ListedOverride } from '../desk/list-overrides.ts'

/** Blocks, overrides with their uses, and the proposals by which both are made. */
export const deskRoutes = (options: DeskOptions): readonly AdminRoute[] => [
  { method: 'GET', path: '/v1/blocks', role: 'viewer', handle: (call) => blocks(options.database, call) },
  { method: 'GET', path: '/v1/overrides', role: 'viewer', handle: (call) => overrides(options.database, call) },
  { method: 'GET', path: '/v1/overrides/:id', role: 'viewer', handle: (call) => override(options.database, call) },
  ...deskProposalRoutes(options),
]

type Answer = Promise<{ readonly body: object }>

async function blocks(database: Database, call: AdminCall): Answer {
  const { state: word, key, after } = readQuery(call, ['state', 'key', 'after'])
  const state = readWord('state', word, BLOCK_STATES)
  const found = await listBlocks(database, {
    ...(state !== undefined && { state }),
    ...(key !== undefined && { key }),
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return { body: { blocks: found.map(blockJson), next: last?.block_id.toString() ?? null } }
}

async function overrides(database: Database, call: AdminCall): Answer {
  const { state: word, after } = readQuery(call, ['state', 'after'])
  const state = readWord('state', word, OVERRIDE_STATES)
  const found = await listOverrides(database, {
    ...(state !== undefined && { state }),
    ...(after !== undefined && { before: readId('after', after) }),
    rows: PAGE,
  })
  const last = found.length === PAGE ? found.at(-1) : undefined
  return { body: { overrides: found.map(overrideJson), next: last?.override_id.toString() ?? null } }
}

async function override(database: Database, { params }: AdminCall): Answer {
  const id = readId('the id of the override', params['id'] ?? '')
  const [found] = await listOverrides(database, { id, rows: 1 })
  if (found === undefined) throw new AdminFault(404, `there is no override ${id.toString()}`)
  const uses = await listUses(database, id, PAGE)
  return {
    body: {
      ...overrideJson(found),
      newest_uses: uses.map(({ business_key, at }) => ({ business_key, at: at.toISOString() })),
    },
  }
}

function blockJson({ block_id, is_review_due, ...block }: ListedBlock): object {
  return {
    id: block_id.toString(),
    ...block,
    review_due: is_review_due,
  }
}

function overrideJson({ override_id, max_amount, uses, ...found }: ListedOverride): object {
  return {
    id: override_id.toString(),
    ...found,
    max_amount_atomic: max_amount,
    uses: uses.toString(),
  }
}
