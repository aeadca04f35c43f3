import { DASHBOARD_IDS } from '../dashboard-ids.ts'
import type { Page } from '../page.ts'
import { rates } from '../panels.ts'
import { checkerNumbers, everyChecker } from '../rows/every-checker.ts'

/** Rules that only integrity has; it has no series of its own. */
const OWN_RULES = 'no-power|known-message|key-ceremony'

/** Does what is signed match what is shown; asked beside the gateway too, so it also answers alone. */
export const integrityPage = (): Page => ({
  file: 'deploy/checkers/integrity/dashboards/integrity.json',
  uid: DASHBOARD_IDS.integrity.uid,
  title: 'Callback quorum: integrity',
  description: 'Does what is signed match what people were shown, and does it give nobody power over the wallet.',
  servicesBy: `callback_quorum_rule_seconds_count{rule=~"${OWN_RULES}"}`,
  rows: [{ lines: [checkerNumbers(), [objections(), listeners()]] }, ...everyChecker()],
})

const objections = () =>
  rates(
    {
      title: 'Which rule objects',
      good: 'Nothing: bytes and description agree, and recipients are known',
      otherwise:
        'no-power, shown-payment, look-alike: treat as an attack until it is explained; known-recipient: is the address book up to date',
      runbook: ['BytesDiffer', 'BytesUnreadable', 'SecondSignature', 'PowersRefused', 'IntegrityUnable'],
      silent: 'it has data only after integrity rejected something',
    },
    'rule_seconds_count',
    'rule',
    { matchers: 'outcome="rejected"' },
  )

const listeners = () =>
  rates(
    {
      title: 'Who asks, and what is answered',
      good: 'The gateway, and each node that has integrity registered directly beside it',
      otherwise: 'no requests of a node that has it registered: its callback block was changed, look there first',
      runbook: ['RequestsFailing'],
    },
    'requests_total',
    'dialect, outcome',
  )
