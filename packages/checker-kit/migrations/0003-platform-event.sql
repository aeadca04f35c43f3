-- What nodes told about requests after the fact, append-only: one row per event, however often it is delivered. A statement of the
-- platform, kept for people and rules; by itself it changes no claim. event_id is the node's own, or `digest:` and the digest of the
-- content where it gave none. business_keys are those that the event names, whether or not they were ever asked about here.
create table platform_event (
  event_record_id bigint generated always as identity primary key,
  caller          text not null,
  event_id        text not null,
  event_type      text not null,
  digest          text not null check (digest ~ '^[0-9a-f]{64}$'),
  business_keys   text[] not null,
  raw             jsonb not null,
  recorded_at     timestamptz not null,
  unique (caller, event_id)
);

create trigger platform_event_append_only before update or delete on platform_event
  for each statement execute function refuse_change();
