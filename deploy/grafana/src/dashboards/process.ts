import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import type { Page } from '../page.ts'
import { listenerRows } from '../rows/listeners.ts'
import { nodeRows } from '../rows/node.ts'
import { standingRows } from '../rows/standing.ts'

/** What every service stands on: the process, Node.js, PostgreSQL, signing, listeners, tokens, certificates and keys, the clock. */
export const processPage = (): Page => ({
  file: 'deploy/grafana/dashboards/process.json',
  uid: DASHBOARD_IDS.process.uid,
  title: 'Callback quorum: processes',
  description:
    'What every service stands on: process, Node.js, PostgreSQL, signing, listeners, tokens, certificates and keys, clock.',
  servicesBy: 'callback_quorum_build_info',
  rows: [...standingRows(), ...listenerRows(), ...nodeRows()],
})
