import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import type { Page } from '../page.ts'
import { checkerNumbers, everyChecker } from '../rows/every-checker.ts'
import { sanctionsDesk } from '../rows/sanctions-desk.ts'
import { sanctionsLists } from '../rows/sanctions-lists.ts'

/** Are the lists fresh and whole, what did they hit, and what waits for two people. */
export const sanctionsPage = (): Page => ({
  file: 'deploy/checkers/sanctions/dashboards/sanctions.json',
  uid: DASHBOARD_IDS.sanctions.uid,
  title: 'Callback quorum: sanctions',
  description: 'Are the lists fresh and whole, what did they hit, what waits for two people.',
  servicesBy: 'callback_quorum_sanctions_override_active',
  rows: [{ lines: [checkerNumbers()] }, ...sanctionsLists(), ...sanctionsDesk(), ...everyChecker()],
})
