import { expect, test } from 'vitest'
import { openAdminRig } from './admin/admin-rig.ts'
import { CUSTOMER, payment, type WrittenRule } from './limits-rig.ts'

// What the database answers is not what a type says: a word that nobody knows approves nothing, and neither does none.
const tx: WrittenRule = { id: 'tx', window: 'tx', limit: '0.001' }

test.each(['{"outcome": "perhaps"}', '{"outcome": null}', '{}'])(
  'an answer %s of the database approves nothing, in a claim and in a simulation',
  async (answer) => {
    const rig = await openAdminRig({ rules: [tx] })
    await rig.database.query({
      text: `create or replace function limits_decide(p_key text, p_rules text, p_facts jsonb, p_charges jsonb, p_gates jsonb, p_slots text[], p_at timestamptz default null)
             returns jsonb language sql as $$ select '${answer}'::jsonb $$`,
    })
    await expect(rig.claimBy(rig.rule, payment({ amountAtomic: 1n }))).rejects.toThrow(/^invariant: unknown outcome/)
    const made = { wallet: 'hot-1', asset: 'USDT-ETHEREUM', amount: '0.0004', destination: CUSTOMER }
    expect((await rig.post('olga', '/v1/simulate', made)).status).toBe(500)
  },
)
