-- Deciding: one call, one transaction, all rules at once. Read it from the bottom: limits_decide.

-- The last moment that a window at time `t` leaves out. Everything after it counts.
create function limits_leaves_out(p_window jsonb, p_t timestamptz) returns timestamptz language plpgsql stable as $$
declare
  v_zone  text := p_window->>'zone';
  v_shift interval := case when p_window->>'week_start' = 'sunday' then interval '1 day' else interval '0' end;
  v_begin timestamptz;
begin
  case p_window->>'kind'
    when 'rolling' then
      return p_t - (p_window->>'span_ms')::bigint * interval '1 millisecond';
    when 'calendar' then
      v_begin := (date_trunc(p_window->>'unit', (p_t at time zone v_zone) + v_shift) - v_shift) at time zone v_zone;
      -- Where clocks go back over midnight, the day that ended begins a second time: it goes on instead.
      if v_begin > p_t then
        v_begin := (date_trunc(p_window->>'unit', (p_t at time zone v_zone) - interval '2 hours' + v_shift) - v_shift) at time zone v_zone;
      end if;
      return v_begin - interval '1 microsecond';
    else
      return '-infinity';
  end case;
end $$;

-- Whether a schedule is open: half-open hours of local time, over midnight where they end before they begin. The hours of a holiday are closed.
create function limits_is_open(p_schedule jsonb, p_t timestamptz) returns boolean language sql stable as $$
  with here as (select p_t at time zone (p_schedule->>'zone') as local)
  select exists (
    select from here, jsonb_array_elements(p_schedule->'open') o,
      lateral (select (o->>'from')::time as opens, (o->>'to')::time as closes, local::time as hour) h,
      -- The day on which these hours began.
      lateral (select case when opens < closes or hour >= opens then local::date else local::date - 1 end as day) d
    where case when opens < closes then hour >= opens and hour < closes else hour >= opens or hour < closes end
      and o->'days' @> to_jsonb(extract(isodow from day)::integer)
      and not p_schedule->'holidays' @> to_jsonb(day::text))
$$;

-- What exceptions still allow on a counter, locked until the transaction ends.
create function limits_extra(p_rule text, p_dimensions text, p_t timestamptz) returns numeric language sql volatile as $$
  select coalesce(sum(remaining), 0) from (
    select remaining from limit_exception
    where rule_id = p_rule and dimensions = p_dimensions and expires_at > p_t and remaining > 0
    order by exception_id for update) e
$$;

create function limits_use_extra(p_reservation bigint, p_rule text, p_dimensions text, p_t timestamptz, p_amount numeric)
returns void language plpgsql as $$
declare
  v_left numeric := p_amount;
  v_take numeric;
  v      record;
begin
  for v in select exception_id, remaining from limit_exception
           where rule_id = p_rule and dimensions = p_dimensions and expires_at > p_t and remaining > 0 order by expires_at, exception_id
  loop
    exit when v_left = 0;
    v_take := least(v_left, v.remaining);
    update limit_exception set remaining = remaining - v_take where exception_id = v.exception_id;
    insert into exception_use (exception_id, reservation_id, rule_id, dimensions, amount)
      values (v.exception_id, p_reservation, p_rule, p_dimensions, v_take)
      on conflict (exception_id, reservation_id) do update set amount = exception_use.amount + excluded.amount;
    v_left := v_left - v_take;
  end loop;
end $$;

-- A charge as it is asked for, and its counter as it is once it is locked.
create type limits_charge as (
  n            integer,
  rule         text,
  shape        text,
  dimensions   text,
  "window"     jsonb,
  amount       numeric,
  "limit"      numeric,
  shadow       boolean,
  until        timestamptz,
  counter_id   bigint,
  used         numeric,
  expired_upto timestamptz
);

-- Locks the counters of the charges in the one global order, one after the other, and creates those that are missing at their place in it, so that
-- nobody ever waits for a counter before one that he holds. Another statement after the insert: the one before would not see a row that another
-- session committed while we waited. Answers the last time that any of them was used, too.
create function limits_lock_charges(p_charges jsonb, out charges limits_charge[], out last_at timestamptz) language plpgsql as $$
declare
  v_at timestamptz;
  c    limits_charge;
begin
  charges := '{}';
  last_at := '-infinity';
  for c in select * from jsonb_populate_recordset(null::limits_charge, p_charges) q order by q.rule, q.shape, q.dimensions
  loop
    -- A limit per transaction needs no counter.
    if c."window" is null or c."window"->>'kind' <> 'tx' then
      -- One waits at the row, the others in a queue before it: all that wait at a row wake up whenever it changes, and look for its newest version
      -- again. Only the first ones, since the server's table of locks is small; what protects the counter is the lock of its row.
      if cardinality(charges) < 16 then
        perform pg_advisory_xact_lock(hashtextextended(c.rule || ' ' || c.shape || ' ' || c.dimensions, 1));
      end if;
      for attempt in 1..2 loop
        select k.counter_id, k.used, k.expired_upto, k.last_at into c.counter_id, c.used, c.expired_upto, v_at
          from counter k where k.rule_id = c.rule and k.shape = c.shape and k.dimensions = c.dimensions for no key update;
        exit when found;
        insert into counter (rule_id, shape, dimensions) values (c.rule, c.shape, c.dimensions) on conflict do nothing;
      end loop;
      last_at := greatest(last_at, v_at);
    end if;
    charges := charges || c;
  end loop;
end $$;

create function limits_lock_counters(p_charges jsonb) returns timestamptz language sql as $$
  select l.last_at from limits_lock_charges(p_charges) l
$$;

-- Two that use the same slot come one after the other, before there is a reservation of either that could be locked. Before everything else,
-- in one order, by a statement of its own. Different slots of one number wait for one another without need.
create function limits_lock_slots(p_slots text[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(n) from (select distinct hashtextextended(s, 0) as n from unnest(p_slots) s order by 1) numbers;
end $$;

-- Every replay and every release looks for the slots of one reservation.
create index reservation_slot_of_reservation on reservation_slot (reservation_id);

-- The reservations that can never be final beside one that uses these slots, all through one slot that they share; locked. Its caller has locked
-- the slots.
create function limits_replaced(p_slots text[], out slot text, out members bigint[]) language plpgsql as $$
begin
  perform from reservation r
    where r.reservation_id in (select s.reservation_id from reservation_slot s where s.slot = any (p_slots)) and r.state in ('held', 'committed')
    order by r.reservation_id for no key update;
  if not found then return; end if;
  select s.slot, array_agg(r.reservation_id order by r.reservation_id) into slot, members
    from reservation_slot s join reservation r using (reservation_id)
    where s.slot = any (p_slots) and r.state in ('held', 'committed')
    group by s.slot
    -- All of them share this slot, none is bound to others by another one, and they are counted as one already, or there is only one.
    having bool_and(r.slot is null or r.slot = s.slot) and count(distinct coalesce(r.slot, r.reservation_id::text)) = 1
    order by s.slot limit 1;
end $$;

/*
 * Whether a second signature that uses `p_slots` could be final beside what a reservation excludes now: its other signature, where they have no slot
 * in common, or the payments that it is counted with as one, where `p_slot`, which they share, is not among them.
 */
create function limits_frees_another(p_reservation bigint, p_slot text, p_slots text[]) returns boolean language sql stable as $$
  select cardinality(p_slots) > 0 and case when p_slot is not null then p_slot <> all (p_slots)
    else exists (select from reservation_slot s where s.reservation_id = p_reservation)
      and not exists (select from reservation_slot s where s.reservation_id = p_reservation and s.slot = any (p_slots)) end
$$;

/*
 * Decides whether everything that `p_charges` asks for is within its limits, and takes it if so.
 *   p_key      the business key, locked by the caller where several may ask for one
 *   p_rules    the digest of the rules that the charges were made from
 *   p_charges  [{ n, rule, shape, dimensions, window, amount, limit, shadow, until? }], amounts as decimal text
 *   p_gates    [{ n, schedule } or { n, not_before }] with `shadow`
 *   p_slots    what the transaction uses up on its chain
 *   p_at       the time; only where history is played again. Null: clock_now() after the locks
 * Raises for a charge without an amount, a limit or a window, for an amount below 0, and where there is no charge at all.
 * Answers { outcome: superseded | second-signature | refused | reserved | replayed, t, breaches: [{ n, used, amount, limit, extra, shadow }], closed: [{ n, shadow }] }.
 */
create function limits_decide(p_key text, p_rules text, p_facts jsonb, p_charges jsonb, p_gates jsonb, p_slots text[], p_at timestamptz default null)
returns jsonb language plpgsql
-- The ledger's partitions are chosen when a plan starts; otherwise every call makes plans of its own, which costs more than the call.
set plan_cache_mode = force_generic_plan as $$
declare
  v_id       bigint;
  v_own      bigint;
  v_charges  limits_charge[];
  v_t        timestamptz;
  v_slot     text;
  v_members  bigint[] := '{}';
  v_breaches jsonb := '[]';
  v_closed   jsonb := '[]';
  v_refused  boolean := false;
  v_kept     boolean;
  v_upto     timestamptz;
  v_used     numeric;
  v_counted  numeric;
  v_inside   numeric;
  v_total    numeric;
  v_need     numeric;
  v_extra    numeric;
  -- What this very payment counts now beyond what was counted for it, and what it asks for beyond what it asked for.
  v_more     numeric;
  v_claimed  numeric;
  v_state    text;
  v_mine     bigint[] := '{}';
  -- What is taken, counter by counter.
  v_counters bigint[] := '{}';
  v_totals   numeric[] := '{}';
  v_claims   numeric[] := '{}';
  v_sums     numeric[] := '{}';
  v_uptos    timestamptz[] := '{}';
  v_needs    jsonb := '[]';
  c          limits_charge;
begin
  -- Nothing that is missing may read as nothing asked for: whoever asked with it is told that nobody can say.
  if coalesce(jsonb_array_length(p_charges), 0) = 0 or p_gates is null then
    raise exception 'invariant: a decision needs charges and gates';
  end if;
  -- Rules are changed under a lock that waits for this one, so that the answer to the next question holds until we are done.
  lock table reservation in row exclusive mode;
  if not exists (select from ruleset where digest = p_rules) then
    return jsonb_build_object('outcome', 'superseded');
  end if;
  -- Those that it had before too: what it is counted as one with is locked after its own row, and whoever replaces them would come the other way.
  perform limits_lock_slots(array(
    select unnest(p_slots) union
    select s.slot from reservation r join reservation_slot s using (reservation_id) where r.business_key = p_key and r.state <> 'released'));
  select reservation_id, slot, state into v_own, v_slot, v_state from reservation where business_key = p_key and state <> 'released' for no key update;
  if v_own is not null and limits_frees_another(v_own, v_slot, p_slots) then
    return jsonb_build_object('outcome', 'second-signature');
  end if;
  if v_state in ('held', 'committed') then
    v_mine := array[v_own];
    if v_slot is not null then
      perform from reservation where slot = v_slot and state in ('held', 'committed') order by reservation_id for no key update;
      select array_agg(reservation_id) into v_mine from reservation where slot = v_slot and state in ('held', 'committed');
    end if;
  end if;
  if v_own is null and cardinality(p_slots) > 0 then
    select r.slot, coalesce(r.members, '{}') into v_slot, v_members from limits_replaced(p_slots) r;
  end if;
  select l.charges, l.last_at into v_charges, v_t from limits_lock_charges(p_charges) l;
  v_t := coalesce(p_at, greatest(clock_now(), v_t));

  if p_gates <> '[]' then
    select coalesce(jsonb_agg(jsonb_build_object('n', g.n, 'shadow', g.shadow)), '[]'), coalesce(bool_or(g.shadow is not true), false) into v_closed, v_refused
      from jsonb_to_recordset(p_gates) as g (n integer, shadow boolean, schedule jsonb, not_before timestamptz)
      -- A gate that says nothing of when it is open never is.
      where (g.schedule is null and g.not_before is null) or v_t < g.not_before
        or (g.schedule is not null and not limits_is_open(g.schedule, v_t));
  end if;

  foreach c in array v_charges
  loop
    if (c.amount >= 0 and c."limit" is not null and c."window"->>'kind' is not null and (c.counter_id is not null or c."window"->>'kind' = 'tx')) is not true then
      raise exception 'invariant: the charge of % has an amount of at least 0, a limit, a window and a counter', c.rule;
    end if;
    v_counted := 0;
    v_inside := 0;
    v_used := 0;
    v_more := 0;
    v_claimed := 0;
    v_kept := c."window"->>'kind' <> 'tx';
    if v_kept then
      v_used := c.used;
      v_upto := greatest(limits_leaves_out(c."window", v_t), c.expired_upto);
      if v_upto > c.expired_upto then
        select v_used - coalesce(sum(e.amount), 0) into v_used from entry e
          where e.counter_id = c.counter_id and e.at > c.expired_upto and e.at <= v_upto;
      end if;
      if cardinality(v_members) > 0 then
        select coalesce(sum(e.amount), 0), coalesce(sum(e.amount) filter (where e.at > v_upto), 0) into v_counted, v_inside from entry e
          where e.reservation_id = any (v_members) and e.counter_id = c.counter_id;
      end if;
    end if;
    -- Of payments that replace one another only the largest can be final. What this very payment holds is in `used` already.
    v_total := greatest(v_counted, c.amount);
    if v_own is null or not v_kept then
      v_used := v_used - v_inside + v_total;
    elsif cardinality(v_mine) > 0 then
      -- Signed again with a higher fee: what is more than it asked for is taken, too. Counters that it does not stand on (those of another caller
      -- who asks for the same payment) stay as they are.
      select c.amount - sum(e.claimed) into v_claimed from entry e where e.reservation_id = v_own and e.counter_id = c.counter_id having sum(e.claimed) > 0;
      v_claimed := greatest(coalesce(v_claimed, 0), 0);
      if v_claimed > 0 then
        select greatest(c.amount - sum(e.amount), 0) into v_more from entry e where e.reservation_id = any (v_mine) and e.counter_id = c.counter_id;
        v_used := v_used + v_more;
      end if;
    end if;
    v_need := least(c.amount, greatest(v_used - c."limit", 0));
    v_extra := 0;
    if v_need > 0 and (c.until is null or v_t < c.until) then
      v_extra := limits_extra(c.rule, c.dimensions, v_t);
      if v_own is not null then
        select v_need - coalesce(sum(u.amount), 0) into v_need from exception_use u
          where u.reservation_id = v_own and u.rule_id = c.rule and u.dimensions = c.dimensions;
      end if;
      if v_need > v_extra then
        v_refused := v_refused or c.shadow is not true;
        v_breaches := v_breaches || jsonb_build_object('n', c.n, 'amount', c.amount::text, 'limit', c."limit"::text, 'extra', v_extra::text,
          'used', (case when v_own is null and v_kept then v_used - v_total + v_inside else v_used end)::text, 'shadow', c.shadow);
      elsif v_need > 0 then
        v_needs := v_needs || jsonb_build_object('rule', c.rule, 'dimensions', c.dimensions, 'need', v_need);
      end if;
    end if;
    -- What asks for nothing (a drop) moves nothing: an original that left its window would come back with it, above the limit.
    if v_kept and ((v_own is null and c.amount > 0) or v_claimed > 0) then
      v_counters := v_counters || c.counter_id;
      v_totals := v_totals || case when v_own is null then v_total else v_more end;
      v_claims := v_claims || case when v_own is null then c.amount else v_claimed end;
      v_sums := v_sums || v_used;
      v_uptos := v_uptos || v_upto;
    end if;
  end loop;
  if v_breaches <> '[]' then
    -- In the order of the charges; they were locked in another one.
    select jsonb_agg(b order by (b->>'n')::integer) into v_breaches from jsonb_array_elements(v_breaches) b;
  end if;

  if v_refused then
    return jsonb_build_object('outcome', 'refused', 't', v_t, 'breaches', v_breaches, 'closed', v_closed);
  end if;
  if v_own is null then
    insert into reservation (business_key, state, facts, created_at, counted_at, slot)
      values (p_key, 'held', p_facts, v_t, v_t, v_slot) returning reservation_id into v_id;
    if cardinality(p_slots) > 0 then
      insert into reservation_slot (slot, reservation_id) select distinct s, v_id from unnest(p_slots) s;
    end if;
    if cardinality(v_members) > 0 then
      update reservation set slot = v_slot where reservation_id = any (v_members);
      -- The older ones make room: what they counted counts now, at the place of the newest.
      insert into entry (reservation_id, counter_id, amount, at, reason)
        select e.reservation_id, e.counter_id, -sum(e.amount), e.at, 'replace' from entry e
        where e.reservation_id = any (v_members) and e.counter_id = any (v_counters)
        group by 1, 2, e.at having sum(e.amount) <> 0;
    end if;
  else
    if cardinality(p_slots) > 0 then
      -- Signed again over other bytes: it excludes only what each of its signatures excludes. Its row is locked, so that a payment which is
      -- to be counted together with it sees the slots that are left, or is there already and is told from its `slot`.
      delete from reservation_slot where reservation_id = v_own and slot <> all (p_slots);
    end if;
    if cardinality(v_counters) > 0 then
      -- What other rules will count of it is what it is at most.
      update reservation set facts = facts || jsonb_build_object('parts', p_facts->'parts') where reservation_id = v_own;
    end if;
  end if;
  insert into entry (reservation_id, counter_id, amount, claimed, at, reason)
    select coalesce(v_own, v_id), k.counter, k.total, k.claimed, v_t, 'reserve' from unnest(v_counters, v_totals, v_claims) as k (counter, total, claimed);
  update counter set used = k.used, expired_upto = k.upto, last_at = v_t
    from unnest(v_counters, v_sums, v_uptos) as k (counter, used, upto) where counter_id = k.counter;
  if v_needs <> '[]' then
    perform limits_use_extra(coalesce(v_own, v_id), k.rule, k.dimensions, v_t, k.need)
      from jsonb_to_recordset(v_needs) as k (rule text, dimensions text, need numeric);
  end if;
  return jsonb_build_object('outcome', case when v_own is null then 'reserved' else 'replayed' end, 't', v_t, 'breaches', v_breaches, 'closed', v_closed);
end $$;
