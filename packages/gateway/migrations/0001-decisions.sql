-- One row per request key: where its decision stands. `asked` were asked for this digest for certain, `planned` may have been: a gateway
-- that dies between asking and recording leaves them to its sweeper.
create table request (
  request_key        bigint generated always as identity primary key,
  caller             text not null,
  caller_fingerprint text not null,
  dialect            text not null,
  kind               text not null,
  request_id         text not null,
  digest             text not null check (digest ~ '^[0-9a-f]{64}$'),
  business_key       text,
  state              text not null check (state in ('open', 'approved', 'rejected', 'abandoned')),
  round              integer not null default 0,
  asked              text[] not null default '{}',
  planned            text[] not null default '{}',
  first_asked_at     timestamptz not null,
  last_asked_at      timestamptz not null,
  abandon_after      timestamptz not null,
  decided_at         timestamptz,
  config_digest      text,
  reason             text,
  unique (caller, dialect, kind, request_id),
  check ((state = 'open') = (decided_at is null))
);

create index request_open on request (abandon_after) where state = 'open';

-- What was decided, append-only, chained per replica: record_hash covers the row and the hash before it.
create table record (
  record_id      uuid primary key,
  request_key    bigint not null references request,
  round          integer not null,
  caller         text not null,
  dialect        text not null,
  kind           text not null,
  request_id     text not null,
  digest         text not null,
  business_key   text,
  outcome        text not null check (outcome in ('approved', 'rejected')),
  codes          text[] not null,
  reason         text not null,
  accept_unbound boolean not null,
  config_digest  text not null,
  request_token  text not null,
  verdicts       json not null,
  decided_at     timestamptz not null,
  replica        text not null,
  chain_sequence bigint not null,
  previous_hash  text not null check (previous_hash ~ '^[0-9a-f]{64}$'),
  record_hash    text not null check (record_hash ~ '^[0-9a-f]{64}$'),
  unique (request_key, round),
  unique (replica, chain_sequence),
  check (outcome <> 'rejected' or cardinality(codes) > 0)
);

create index record_by_business_key on record (business_key);

create table chain_head (
  replica  text primary key,
  sequence bigint not null,
  hash     text not null
);

-- Shadow checkers are never waited for, so what they say may come after the decision.
create table shadow_verdict (
  shadow_id   bigint generated always as identity primary key,
  request_key bigint not null references request,
  checker     text not null,
  result      text not null check (result in ('approved', 'rejected', 'failed')),
  detail      jsonb not null,
  received_at timestamptz not null
);

-- Outcome notices that are owed, written with the decision and kept until acknowledged.
create table outbox (
  outbox_id       bigint generated always as identity primary key,
  checker         text not null,
  notice          jsonb not null,
  created_at      timestamptz not null,
  attempts        integer not null default 0,
  next_attempt_at timestamptz not null,
  delivered_at    timestamptz,
  last_problem    text
);

create index outbox_due on outbox (next_attempt_at) where delivered_at is null;

create table freeze_state (
  is_only boolean primary key default true check (is_only),
  frozen  boolean not null,
  who     text not null,
  reason  text not null,
  since   timestamptz not null
);

insert into freeze_state (frozen, who, reason, since) values (false, 'installation', 'never frozen', clock_now());

create table freeze_history (
  history_id bigint generated always as identity primary key,
  frozen     boolean not null,
  who        text not null,
  reason     text not null,
  changed_at timestamptz not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name;
end $$;

create trigger record_append_only before update or delete on record for each statement execute function refuse_change();
create trigger freeze_history_append_only before update or delete on freeze_history for each statement execute function refuse_change();
