-- What happens to a reservation afterwards. Everything goes through limits_restate: what a group of reservations counts becomes
-- what it should count, by entries that are added.

/*
 * Makes these reservations together count exactly `p_targets` ([{ counter, reservation, amount, claimed? }], one for each counter at most), each where
 * the old amount stood in its window, or at `p_at` where nothing stood.
 */
create function limits_restate(p_reservations bigint[], p_targets jsonb, p_reason text, p_at timestamptz, p_proposal bigint default null)
returns void language plpgsql as $$
declare
  c          record;
  v_now      numeric;
  v_places   integer;
  v_holder   bigint;
  v_counts   numeric;
  v_place    timestamptz;
begin
  -- In the one global order.
  perform from counter k
    where k.counter_id in (select e.counter_id from entry e where e.reservation_id = any (p_reservations))
       or k.counter_id in (select (t->>'counter')::bigint from jsonb_array_elements(p_targets) t)
    order by k.rule_id, k.shape, k.dimensions for no key update;
  for c in
    select k.counter_id, k.expired_upto, (t.target->>'reservation')::bigint as reservation_id,
      coalesce((t.target->>'amount')::numeric, 0) as amount, coalesce((t.target->>'claimed')::numeric, 0) as claimed
    from counter k
    left join lateral (select x as target from jsonb_array_elements(p_targets) x where (x->>'counter')::bigint = k.counter_id limit 1) t on true
    where t.target is not null or k.counter_id in (select e.counter_id from entry e where e.reservation_id = any (p_reservations))
    order by k.counter_id
  loop
    select coalesce(sum(s), 0), count(*), max(at), max(reservation_id) into v_now, v_places, v_place, v_holder
      from (select reservation_id, at, sum(amount) as s from entry where counter_id = c.counter_id and reservation_id = any (p_reservations)
            group by reservation_id, at having sum(amount) <> 0) places;
    -- It has to be held by the one that keeps it: what one holds that is released is given back by nobody.
    continue when v_now = c.amount and c.claimed = 0 and (v_places = 0 or (v_places = 1 and v_holder = c.reservation_id));
    v_place := coalesce(v_place, p_at);
    -- Never more than what still stands at a place: an adjustment may have taken some of it away before.
    with places as (
      select reservation_id, at, sum(amount) as s from entry
      where counter_id = c.counter_id and reservation_id = any (p_reservations) group by 1, 2 having sum(amount) <> 0),
    given as (
      insert into entry (reservation_id, counter_id, amount, at, reason, proposal_id)
        select p.reservation_id, c.counter_id, -least(p.s, greatest(n.standing, 0)), p.at, p_reason, p_proposal
        from places p, lateral (select sum(amount) as standing from entry where counter_id = c.counter_id and at = p.at) n
        returning at, amount)
    select -coalesce(sum(amount) filter (where at > c.expired_upto), 0) into v_counts from given;
    if c.amount > 0 or c.claimed > 0 then
      insert into entry (reservation_id, counter_id, amount, claimed, at, reason, proposal_id)
        values (c.reservation_id, c.counter_id, c.amount, c.claimed, v_place, p_reason, p_proposal);
    end if;
    update counter set used = used - v_counts + case when v_place > expired_upto then c.amount else 0 end where counter_id = c.counter_id;
  end loop;
end $$;

-- What one reservation asked of each counter.
create function limits_claims(p_reservation bigint) returns table (counter_id bigint, claimed numeric) language sql stable as $$
  select e.counter_id, sum(e.claimed) from entry e where e.reservation_id = p_reservation group by e.counter_id having sum(e.claimed) <> 0
$$;

-- What a business key holds and those that share a slot with it are locked by one at a time, before their rows (limits_lock_slots): each begins with
-- its own row, and two would wait for one another.
create function limits_lock_slots_of(p_key text) returns void language sql as $$
  select limits_lock_slots(array(select s.slot from reservation r join reservation_slot s using (reservation_id)
                                 where r.business_key = p_key and r.state <> 'released'))
$$;

-- Gives back what a business key holds, less what those it replaces or is replaced by need. False: it held nothing, and nothing happened.
create function limits_release(p_key text, p_why text, p_reason text default 'release', p_proposal bigint default null)
returns boolean language plpgsql as $$
declare
  v_id      bigint;
  v_slot    text;
  v_members bigint[];
  v_targets jsonb := '[]';
begin
  perform limits_lock_slots_of(p_key);
  select reservation_id, slot into v_id, v_slot from reservation where business_key = p_key and state <> 'released' for no key update;
  if v_id is null then return false; end if;
  v_members := array[v_id];
  if v_slot is not null then
    perform from reservation where slot = v_slot and state in ('held', 'committed') order by reservation_id for no key update;
    select array_agg(reservation_id) into v_members from reservation
      where reservation_id = v_id or (slot = v_slot and state in ('held', 'committed'));
    select coalesce(jsonb_agg(largest), '[]') into v_targets from (
      select distinct on (l.counter_id) jsonb_build_object('counter', l.counter_id, 'reservation', m, 'amount', l.claimed) as largest
      from unnest(v_members) m, limits_claims(m) l where m <> v_id order by l.counter_id, l.claimed desc, m desc) t;
  end if;
  perform limits_restate(v_members, v_targets, p_reason, clock_now(), p_proposal);
  update limit_exception x set remaining = x.remaining + u.amount from exception_use u
    where u.reservation_id = v_id and x.exception_id = u.exception_id;
  update exception_use set amount = 0 where reservation_id = v_id;
  update reservation set state = 'released', released_at = clock_now(), changed_at = clock_now(), why = p_why where reservation_id = v_id;
  return true;
end $$;

-- The gateway's joint approval. Nothing is counted otherwise; from here on only evidence releases.
create function limits_commit(p_key text) returns void language sql as $$
  update reservation set state = 'committed', changed_at = clock_now() where business_key = p_key and state = 'held'
$$;

/*
 * It is final on its chain. `p_charges` (as in limits_decide; null: what was claimed) is what it really used: less is given back, more is counted
 * whatever the limit. Those that it replaces can never be final any more and are released. Counters of what is outstanding let it go.
 */
create function limits_confirm(p_key text, p_charges jsonb, p_why text, p_proposal bigint default null) returns boolean language plpgsql as $$
declare
  v_id      bigint;
  v_slot    text;
  v_others  bigint[] := '{}';
  v_at      timestamptz;
  v_targets jsonb;
begin
  perform limits_lock_slots_of(p_key);
  select reservation_id, slot, counted_at into v_id, v_slot, v_at from reservation
    where business_key = p_key and state in ('held', 'committed') for no key update;
  if v_id is null then return false; end if;
  if v_slot is not null then
    perform from reservation where slot = v_slot and state in ('held', 'committed') order by reservation_id for no key update;
    select coalesce(array_agg(reservation_id), '{}') into v_others from reservation
      where slot = v_slot and state in ('held', 'committed') and reservation_id <> v_id;
  end if;
  if p_charges is null then
    select coalesce(jsonb_agg(jsonb_build_object('counter', l.counter_id, 'reservation', v_id, 'amount', l.claimed)), '[]') into v_targets
      from limits_claims(v_id) l join counter k using (counter_id) join active_rule a on a.rule_id = k.rule_id and a.shape = k.shape
      where a."window"->>'kind' <> 'outstanding';
  else
    perform limits_lock_counters(p_charges);
    select coalesce(jsonb_agg(jsonb_build_object('counter', k.counter_id, 'reservation', v_id, 'amount', q.amount)), '[]') into v_targets
      from jsonb_to_recordset(p_charges) as q (rule text, shape text, dimensions text, "window" jsonb, amount numeric)
      join counter k on k.rule_id = q.rule and k.shape = q.shape and k.dimensions = q.dimensions
      where q."window"->>'kind' not in ('outstanding', 'tx');
  end if;
  perform limits_restate(v_others || v_id, v_targets, 'confirm', v_at, p_proposal);
  update limit_exception x set remaining = x.remaining + u.amount from exception_use u
    where u.reservation_id = any (v_others) and x.exception_id = u.exception_id;
  update exception_use set amount = 0 where reservation_id = any (v_others);
  update reservation set state = 'released', released_at = clock_now(), changed_at = clock_now(), why = 'replaced by one that is final'
    where reservation_id = any (v_others);
  update reservation set state = 'confirmed', changed_at = clock_now(), why = p_why where reservation_id = v_id;
  return true;
end $$;

-- It was released and is seen all the same: it counts again, whatever the limit, from now on.
create function limits_count_again(p_key text, p_why text) returns boolean language plpgsql as $$
declare
  v_id bigint;
begin
  if exists (select from reservation where business_key = p_key and state <> 'released') then return false; end if;
  select reservation_id into v_id from reservation where business_key = p_key order by reservation_id desc limit 1 for no key update;
  if v_id is null then return false; end if;
  perform limits_restate(array[v_id],
    (select coalesce(jsonb_agg(jsonb_build_object('counter', l.counter_id, 'reservation', v_id, 'amount', l.claimed)), '[]') from limits_claims(v_id) l),
    'event', clock_now());
  update reservation set state = 'committed', released_at = null, changed_at = clock_now(), why = p_why where reservation_id = v_id;
  return true;
end $$;

/*
 * A signed correction of one counter. More counts from now on. Less is taken from what counts, the newest first and each at its own place, so that
 * nothing is below zero when the window moves on; what is over is not given. Answers what was really added or taken.
 */
create function limits_adjust(p_rule text, p_shape text, p_dimensions text, p_amount numeric, p_proposal bigint) returns numeric language plpgsql as $$
declare
  v_charge jsonb := jsonb_build_array(jsonb_build_object('rule', p_rule, 'shape', p_shape, 'dimensions', p_dimensions));
  v_at     timestamptz;
  v_upto   timestamptz;
  v_id     bigint;
  v_done   numeric := 0;
  v_take   numeric;
  v        record;
begin
  v_at := greatest(limits_lock_counters(v_charge), clock_now());
  select k.counter_id, greatest(k.expired_upto, limits_leaves_out(a."window", v_at)) into v_id, v_upto
    from counter k join active_rule a on a.rule_id = k.rule_id and a.shape = k.shape
    where k.rule_id = p_rule and k.shape = p_shape and k.dimensions = p_dimensions;
  if v_id is null then raise exception 'no rule % counts now', p_rule; end if;
  if p_amount > 0 then
    insert into entry (counter_id, amount, at, reason, proposal_id) values (v_id, p_amount, v_at, 'adjust', p_proposal);
    v_done := p_amount;
  else
    for v in select at, sum(amount) as standing from entry where counter_id = v_id and at > v_upto group by at having sum(amount) > 0 order by at desc
    loop
      v_take := least(v.standing, -p_amount + v_done);
      exit when v_take <= 0;
      insert into entry (counter_id, amount, at, reason, proposal_id) values (v_id, -v_take, v.at, 'adjust', p_proposal);
      v_done := v_done - v_take;
    end loop;
  end if;
  update counter set used = used + v_done, last_at = greatest(last_at, v_at) where counter_id = v_id;
  return v_done;
end $$;

-- Counters whose sum is not that of the ledger. One statement, so that it sees every payment whole or not at all, and nobody has to wait for it.
create function limits_drift() returns table (rule_id text, shape text, dimensions text, used numeric, counted numeric) language plpgsql as $$
begin
  return query
    select k.rule_id, k.shape, k.dimensions, k.used::numeric, coalesce(s.counted, 0)
    from counter k
    left join lateral (select sum(e.amount) as counted from entry e where e.counter_id = k.counter_id and e.at > k.expired_upto) s on true
    where k.used <> coalesce(s.counted, 0)
    order by 1, 2, 3;
end $$;

-- The days on which the counters were counted again, each by one replica.
create table recount (
  day        date primary key,
  started_at timestamptz not null
);
