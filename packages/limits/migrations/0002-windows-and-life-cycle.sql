-- Counters of every kind of window, the life cycle of reservations, and a ledger that only grows.
-- One idea carries all windows: a counter counts the entries after a moment (`expired_upto`), and a window only says what that moment is.

-- What 0001 took is kept: facts get the form that rules of any shape can be counted from again.
create function limits_facts_of_0001(facts jsonb) returns jsonb language sql immutable as $$
  select jsonb_build_object(
    'organisation', facts->'organisation', 'caller', '', 'wallet', facts->'wallet', 'initiator', facts->'initiator',
    'operation', facts->'operation', 'transaction_id', facts->'transaction_id', 'bound', facts->'bound', 'prices', '[]'::jsonb,
    'parts', coalesce((
      select jsonb_agg(part) from jsonb_array_elements(facts->'payments') p,
        lateral (
          select jsonb_build_object('asset', p->'asset', 'destination', d->'key', 'listed', false, 'amount', d->'amount', 'fee', false) as part
          from jsonb_array_elements(p->'destinations') d
          union all
          select jsonb_build_object('asset', p->'asset', 'listed', false, 'fee', false, 'amount',
                   ((p->>'total')::numeric - (select coalesce(sum((d->>'amount')::numeric), 0) from jsonb_array_elements(p->'destinations') d))::text)
        ) parts
      where part->>'amount' <> '0'), '[]'::jsonb))
$$;
update reservation set facts = limits_facts_of_0001(facts);
drop function limits_facts_of_0001;

-- held: an approval left this checker; committed: the gateway said that it was approved jointly; confirmed: it is final on its chain.
alter table reservation drop constraint reservation_state_check, drop constraint reservation_check;
alter table reservation add check (state in ('held', 'committed', 'confirmed', 'released')),
  add check ((state = 'released') = (released_at is not null)),
  -- Where it stands in the windows: the time of its counters when it was taken.
  add column counted_at timestamptz,
  -- What it shares with those that can never be final beside it: an account's nonce, or a spent output. Null while it is alone.
  add column slot text,
  add column changed_at timestamptz,
  add column why text not null default '';
update reservation set counted_at = created_at;
alter table reservation alter counted_at set not null;
drop index reservation_held;
create unique index reservation_live on reservation (business_key) where state <> 'released';
create index reservation_by_key on reservation (business_key);
create index reservation_counted_at on reservation (counted_at);
create index reservation_in_slot on reservation (slot) where slot is not null;

-- Everything that a reservation uses up on its chain, so that a later one that uses the same is known to replace it.
create table reservation_slot (
  slot           text not null,
  reservation_id bigint not null references reservation,
  primary key (slot, reservation_id)
);

-- A rule is one counter for each value of its dimensions, as long as what it counts stays the same (its shape); a changed rule counts anew,
-- from the facts.
alter table counter add column shape text not null default '', alter column used type numeric(100, 0);
alter table counter drop constraint counter_rule_id_dimensions_key;
alter table counter add unique (rule_id, shape, dimensions);

-- The ledger: nothing in it is ever changed. What is given back is an entry with the opposite sign at the same place of the window.
-- `claimed`: what the reservation asked for, while `amount` is what was counted; they differ between payments that replace one another.
alter table entry rename to entry_0001;
create table entry (
  reservation_id bigint references reservation,
  counter_id     bigint not null references counter,
  amount         numeric(100, 0) not null,
  claimed        numeric(100, 0) not null default 0,
  at             timestamptz not null,
  reason         text not null check (reason in ('reserve', 'replace', 'release', 'confirm', 'adjust', 'rebuild', 'event')),
  proposal_id    bigint,
  recorded_at    timestamptz not null default clock_now(),
  check (reservation_id is not null or reason = 'adjust')
) partition by range (at);
create table entry_other partition of entry default;
create index entry_of_counter on entry (counter_id, at) include (amount);
create index entry_of_reservation on entry (reservation_id, counter_id);

-- Partitions by month (UTC) from the month of `p_from` on. What is there already stays.
create function limits_make_partitions(p_from timestamptz, p_months integer) returns void language plpgsql as $$
declare
  v_month timestamp := date_trunc('month', p_from at time zone 'UTC');
  v_begin timestamptz;
  v_end   timestamptz;
  v_name  text;
begin
  for i in 1..p_months loop
    v_name := 'entry_' || to_char(v_month, 'YYYY_MM');
    v_begin := v_month at time zone 'UTC';
    v_end := (v_month + interval '1 month') at time zone 'UTC';
    -- A month that has begun without its partition stays where it is.
    if to_regclass(v_name) is null and not exists (select from entry_other where at >= v_begin and at < v_end) then
      execute format('create table %I partition of entry for values from (%L) to (%L)', v_name, v_begin, v_end);
    end if;
    v_month := v_month + interval '1 month';
  end loop;
end $$;

select limits_make_partitions(coalesce((select min(at) from entry_0001), clock_now()),
  (extract(year from age(clock_now(), coalesce((select min(at) from entry_0001), clock_now()))) * 12
   + extract(month from age(clock_now(), coalesce((select min(at) from entry_0001), clock_now()))))::integer + 3);
insert into entry (reservation_id, counter_id, amount, claimed, at, reason)
  select reservation_id, counter_id, amount, amount, at, 'reserve' from entry_0001;
insert into entry (reservation_id, counter_id, amount, at, reason)
  select reservation_id, counter_id, -amount, at, 'release' from entry_0001 where released_at is not null;
drop table entry_0001;

create function limits_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name;
end $$;
create trigger entry_append_only before update or delete on entry for each row execute function limits_refuse_change();

-- The rules that count now. A process whose rules are others decides nothing.
create table ruleset (
  only_row     boolean primary key default true check (only_row),
  version      bigint not null,
  digest       text not null,
  activated_at timestamptz not null
);
create table active_rule (
  rule_id text primary key,
  shape   text not null,
  -- As the charges of a decision carry it: kind, span_ms, unit, zone, week_start.
  "window" jsonb not null,
  rule    jsonb not null
);

-- Since when the operator's address book lists a destination, as far as this checker saw it: taken off and put back, it starts again.
create table listed_destination (
  place      text primary key,
  since      timestamptz not null,
  removed_at timestamptz
);
create table seen_destination (
  place         text primary key,
  first_seen_at timestamptz not null
);
create table address_book (
  only_row boolean primary key default true check (only_row),
  digest   text not null
);

-- What needs two people: made by one, applied or refused by another one. Appended to, and closed once.
create table proposal (
  proposal_id bigint generated always as identity primary key,
  kind        text not null check (kind in ('exception', 'adjustment', 'release', 'confirm')),
  body        jsonb not null,
  reason      text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  state       text not null default 'open' check (state in ('open', 'applied', 'refused')),
  decided_by  text check (decided_by <> proposed_by),
  decided_at  timestamptz,
  check ((state = 'open') = (decided_by is null)),
  check ((decided_by is null) = (decided_at is null))
);

-- Something extra on one counter, once, until a time.
create table limit_exception (
  exception_id bigint generated always as identity primary key,
  proposal_id  bigint not null unique references proposal,
  rule_id      text not null,
  dimensions   text not null,
  amount       numeric(100, 0) not null check (amount > 0),
  remaining    numeric(100, 0) not null check (remaining between 0 and amount),
  expires_at   timestamptz not null
);
create index limit_exception_of_counter on limit_exception (rule_id, dimensions);
create table exception_use (
  exception_id   bigint not null references limit_exception,
  reservation_id bigint not null references reservation,
  rule_id        text not null,
  dimensions     text not null,
  amount         numeric(100, 0) not null check (amount >= 0),
  primary key (exception_id, reservation_id)
);
