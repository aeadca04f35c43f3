import { buildPage } from './page.ts'
import { pages } from './pages.ts'

/** What is committed: for each file, from the root of the repository, its text. */
export const dashboardFiles = (): ReadonlyMap<string, string> =>
  new Map(pages().map((page) => [page.file, `${JSON.stringify(buildPage(page), null, 2)}\n`]))
