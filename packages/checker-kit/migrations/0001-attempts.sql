-- One row per business key: when it was first asked about, and what the approval that holds it was given for.
-- content_digest and signing_hashes are null while nothing holds the key.
create table business (
  business_key   text primary key,
  first_asked_at timestamptz not null,
  content_digest text check (content_digest ~ '^[0-9a-f]{64}$'),
  signing_hashes text[],
  check (signing_hashes is null or content_digest is not null)
);

-- One row per asking: the request key together with the digest of its content. `holds` is true from the moment an APPROVE was
-- recorded for it until an outcome says rejected or abandoned; silence and time never change it.
create table attempt (
  attempt_id     bigint generated always as identity primary key,
  caller         text not null,
  dialect        text not null,
  kind           text not null,
  request_id     text not null,
  digest         text not null check (digest ~ '^[0-9a-f]{64}$'),
  business_key   text not null references business,
  state          text not null check (state in ('open', 'approved', 'rejected', 'abandoned')),
  holds          boolean not null default false,
  first_asked_at timestamptz not null,
  closed_at      timestamptz,
  unique (caller, dialect, kind, request_id, digest),
  check (not (holds and state in ('rejected', 'abandoned')))
);

create index attempt_holding on attempt (business_key) where holds;

-- What was judged, append-only: one row per verdict that left this checker.
create table verdict_record (
  record_id      bigint generated always as identity primary key,
  attempt_id     bigint references attempt,
  caller         text not null,
  dialect        text not null,
  kind           text not null,
  request_id     text not null,
  digest         text not null,
  outcome        text not null check (outcome in ('approve', 'reject', 'unable')),
  judged         boolean not null,
  codes          text[] not null,
  reason         text not null,
  policy_digest  text not null,
  data_version   text not null,
  question       jsonb,
  evidence       jsonb not null,
  recorded_at    timestamptz not null
);

create index verdict_record_by_request on verdict_record (caller, request_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name;
end $$;

create trigger verdict_record_append_only before update or delete on verdict_record
  for each statement execute function refuse_change();
