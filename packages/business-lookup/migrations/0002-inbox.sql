-- What the business system pushed: one row for each reference, which is what a look-up reads.
create table inbox_intent (
  organisation      text not null,
  reference         text not null,
  -- Absent together: the reference was cancelled before any version of it came.
  version           bigint check (version between 1 and 9007199254740991),
  data              bytea,
  record_digest     text constraint inbox_intent_digest check (record_digest = encode(sha256(data), 'hex')),
  -- A version of it had an approved status: asset, amounts, destinations and tags stay what they are.
  approved          boolean not null default false,
  -- An older version that came late was approved with other ones: nobody can say which is true.
  disputed          boolean not null default false,
  -- Final. The greatest version that cancelled it.
  cancelled_version bigint check (cancelled_version between 1 and 9007199254740991),
  updated_at        timestamptz not null,
  primary key (organisation, reference),
  check ((version is null) = (data is null) and (data is null) = (record_digest is null)),
  check (version is not null or cancelled_version is not null),
  check (version is not null or not (approved or disputed))
);

create index inbox_intent_by_reference on inbox_intent (reference, organisation);

-- Every push that was accepted or refused, in the order it was decided. Never changed, never removed.
create table inbox_event (
  inbox_event_id bigint generated always as identity primary key,
  organisation   text not null,
  reference      text not null,
  kind           text not null check (kind in ('intent', 'cancel')),
  version        bigint not null check (version between 1 and 9007199254740991),
  producer       text not null,
  -- Of CloudEvents; absent where the push was none.
  source         text,
  event_id       text,
  event_type     text,
  event_time     timestamptz,
  -- SHA-256 of `data`, and of everything that makes two pushes the same one.
  record_digest  text,
  content_digest text not null,
  reason         text,
  result         text not null check (result in
    ('stored', 'repeated', 'older', 'cancelled', 'disputed',
     'version_conflict', 'changed_after_approval', 'event_id_reused', 'unreadable')),
  accepted       boolean not null generated always as (result in ('stored', 'repeated', 'older', 'cancelled', 'disputed')) stored,
  received_at    timestamptz not null,
  check ((source is null) = (event_id is null) and (source is null) = (event_type is null) and (source is null) = (event_time is null)),
  check (kind = 'cancel' or record_digest is not null)
);

-- An id belongs to the push that was accepted under it; a refused one may be corrected and sent again.
create unique index inbox_event_once on inbox_event (producer, source, event_id) where accepted and source is not null;
create index inbox_event_by_reference on inbox_event (reference, inbox_event_id);
create index inbox_event_by_version on inbox_event (organisation, reference, version) where accepted and kind = 'intent';

create function inbox_event_is_append_only() returns trigger language plpgsql
  as $$begin raise exception 'inbox_event is append-only'; end$$;
create trigger inbox_event_append_only before update or delete or truncate on inbox_event
  for each statement execute function inbox_event_is_append_only();
