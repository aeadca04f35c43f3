import type { ClaimContext, Judgement, Question, Rule } from '@callback-quorum/checker-kit'
import type { Transaction } from '@callback-quorum/service'
import { SCREENED_KINDS } from '../rules/screened-kinds.ts'
import { screenSubjects, type ScreenedSubject } from '../rules/screen-subjects.ts'
import { isPaidRole } from '../similar/paid-role.ts'
import { rememberPaid } from '../similar/paid-destinations.ts'
import { keysOfScreened } from './searched-keys.ts'

/**
 * Writes down every address that an approval was given for, in the transaction of the approval: those of the description and those of the
 * bytes, in every role, and those that were whitelisted. It never says no and gives nothing back on release: whether a payment was made in the end cannot be known
 * here, and a later listing has to find it.
 */
export const rememberScreened: Rule = {
  name: 'remember-screened',
  kinds: SCREENED_KINDS,
  claim: async (question, tx, context): Promise<Judgement> => {
    const screened = screenSubjects(question, [])
    await insertScreened(question, screened, tx, context)
    await rememberPaid(tx, {
      organisation: question.organisation,
      destinations: screened.flatMap(({ role, chain, address }) =>
        isPaidRole(role) && address !== undefined ? [{ address, chain: chain?.id ?? UNKNOWN_CHAIN }] : [],
      ),
      at: context.now,
    })
    return { outcome: 'approve' }
  },
}

/** Its payments are refused by other rules; should one be approved all the same, it is remembered. */
const UNKNOWN_CHAIN = 'unknown'

/** An approval that is asked for again within this time adds nothing; a later one counts as one of its own day. */
const AGAIN_AFTER = '1 day'

interface ScreenedRow {
  readonly role: string
  readonly raw: string
  readonly chain: string
  readonly key: string | undefined
  readonly keys: readonly string[]
}

async function insertScreened(
  { businessKey, organisation }: Question,
  screened: readonly ScreenedSubject[],
  tx: Transaction,
  { now }: ClaimContext,
): Promise<void> {
  const rows = new Map<string, ScreenedRow>()
  for (const { role, raw, chain, address } of screened) {
    const keys = keysOfScreened(raw, address)
    const key = address?.key ?? keys[0]
    // An account has one address on several chains: it is found by its key, on whichever it was first.
    const first = rows.get(`${role} ${key}`) ?? { role, raw, chain: chain?.id ?? UNKNOWN_CHAIN, key, keys: [] }
    rows.set(`${role} ${key}`, { ...first, keys: [...new Set([...first.keys, ...keys])] })
  }
  await tx.query({
    name: 'insert-screened-addresses',
    text: `with screened as (select * from jsonb_to_recordset($4::jsonb) as r (role text, chain text, key text, keys text[], raw text)),
           inserted as (
             insert into screened_address (business_key, organisation, chain, role, key, raw, decided_at)
             select $1, $2, r.chain, r.role, r.key, r.raw, $3::timestamptz from screened r
             where not exists (select 1 from screened_address s where s.business_key = $1 and s.key = r.key and s.role = r.role
               and s.decided_at > $3::timestamptz - interval '${AGAIN_AFTER}')
             on conflict do nothing returning screened_id, role, key)
           insert into screened_key (key, decided_at, screened_id)
           select found_by, $3::timestamptz, i.screened_id from inserted i join screened r using (role, key), unnest(r.keys) found_by
           on conflict do nothing`,
    values: [businessKey, organisation, now, JSON.stringify([...rows.values()])],
  })
}
