-- A Co-signer asks twice about one transaction: for its approval, which moves nothing, and for its signature, which does. An approval holds what its
-- description says, so that what is approved side by side is within the limits together. The signature is counted when it is asked for and by what it
-- moves, as if the approval held nothing: it knows more (the fee, an address), and it may come days later. `stage` of the facts tells the two apart.

/*
 * Gives back what the approval of a business key holds, so that limits_decide counts its signature anew in the same transaction, which has to be rolled
 * back where that refuses: the approval would hold nothing otherwise. p_charges and p_slots as there. False: no approval holds it, and nothing happened.
 */
create function limits_let_go_of_approval(p_key text, p_charges jsonb, p_slots text[]) returns boolean language plpgsql as $$
declare
  v_id bigint;
  c    record;
begin
  -- Everything that limits_decide locks and what the approval stands on, in the one order: rules, slots, reservations, counters.
  lock table reservation in row exclusive mode;
  perform limits_lock_slots(array(
    select unnest(p_slots) union
    select s.slot from reservation r join reservation_slot s using (reservation_id) where r.business_key = p_key and r.state <> 'released'));
  select reservation_id into v_id from reservation
    where business_key = p_key and state = 'held' and facts->>'stage' = 'approval' for no key update;
  if v_id is null then return false; end if;
  perform limits_replaced(p_slots);
  for c in
    select u.rule, u.shape, u.dimensions, bool_or(u.queued) as queued from (
      -- Who holds a counter may not wait in the queue before it any more, so it is gone through here wherever limits_lock_charges will.
      select q.rule, q.shape, q.dimensions, row_number() over (order by q.rule, q.shape, q.dimensions) <= 16 as queued
      from jsonb_to_recordset(p_charges) as q (rule text, shape text, dimensions text, "window" jsonb) where q."window"->>'kind' <> 'tx'
      union all
      select k.rule_id, k.shape, k.dimensions, false from counter k
      where k.counter_id in (select e.counter_id from entry e where e.reservation_id = v_id)) u
    group by 1, 2, 3 order by 1, 2, 3
  loop
    if c.queued then
      perform pg_advisory_xact_lock(hashtextextended(c.rule || ' ' || c.shape || ' ' || c.dimensions, 1));
    end if;
    for attempt in 1..2 loop
      perform from counter k where k.rule_id = c.rule and k.shape = c.shape and k.dimensions = c.dimensions for no key update;
      exit when found;
      insert into counter (rule_id, shape, dimensions) values (c.rule, c.shape, c.dimensions) on conflict do nothing;
    end loop;
  end loop;
  return limits_release(p_key, 'it is signed, and counted as that');
end $$;

/*
 * The charges of an approval, as limits_decide is to see them. Where the transaction was counted as signed already, another approver or the same one
 * once more takes nothing on top: on each counter at most what the signature asked for. A limit per transaction sees the whole amount.
 */
create function limits_charges_of_approval(p_key text, p_charges jsonb) returns jsonb language plpgsql as $$
declare
  v_id bigint;
begin
  select reservation_id into v_id from reservation
    where business_key = p_key and state <> 'released' and facts->>'stage' is distinct from 'approval';
  if v_id is null then return p_charges; end if;
  return (
    select jsonb_agg(case when q.charge->'window'->>'kind' = 'tx' then q.charge
                     else q.charge || jsonb_build_object('amount', least((q.charge->>'amount')::numeric, coalesce(s.claimed, 0))::text) end order by q.place)
    from jsonb_array_elements(p_charges) with ordinality as q (charge, place)
    left join lateral (
      select sum(l.claimed) as claimed from limits_claims(v_id) l join counter k using (counter_id)
      where k.rule_id = q.charge->>'rule' and k.shape = q.charge->>'shape' and k.dimensions = q.charge->>'dimensions') s on true);
end $$;
