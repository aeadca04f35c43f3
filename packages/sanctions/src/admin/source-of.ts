import { AdminFault, type AdminCall } from '@callback-quorum/service'
import type { ListSource } from '../versions/list-source.ts'
import type { ListsContext } from './lists-context.ts'

/** The list that the path names. Throws AdminFault 404. */
export function sourceOf({ sources }: Pick<ListsContext, 'sources'>, { params }: AdminCall): ListSource {
  const source = sources.find(({ name }) => name === params['source'])
  if (source === undefined)
    throw new AdminFault(404, `there is no such list; expected one of ${sources.map(({ name }) => name).join(', ')}`)
  return source
}
