-- Which versions of which lists there are, which one screens, and who said so. A version is the bytes of one publication.

create table list_version (
  version_id        bigint generated always as identity primary key,
  source            text not null,
  -- Of the bytes as delivered: several publications a day share their date of issue.
  sha256            text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  format            text not null,
  -- Parser version and options that the counts and the first stored rows were made with.
  reading           text not null,
  date_of_issue     date,
  fetched_at        timestamptz not null,
  -- When somebody last saw that the publication is these bytes. Null: never, as for the starter list.
  checked_at        timestamptz,
  state             text not null check (state in ('quarantined', 'active', 'superseded', 'refused')),
  -- The version that was active when the gates looked; null: none was.
  gated_against     bigint references list_version,
  findings          jsonb not null,
  rows              integer not null check (rows >= 0),
  parties           integer not null,
  unparsed          integer not null,
  opaque            integer not null,
  codes             text[] not null,
  rows_by_code      jsonb not null,
  canonical_set_sha text not null,
  raw_bytes         bigint not null,
  -- True: it came unpacked, and list_bytes holds it packed with gzip.
  raw_packed        boolean not null,
  unique (source, sha256)
);
create unique index list_version_one_active on list_version (source) where state = 'active';

-- `raw`: the bytes as delivered. `rows`: what a reading made of them, JSON lines, gzip. Packed already, so PostgreSQL does not try again.
create table list_bytes (
  version_id bigint not null references list_version,
  part       text not null check (part in ('raw', 'rows')),
  reading    text not null check ((part = 'raw') = (reading = '')),
  chunk_no   integer not null check (chunk_no >= 0),
  bytes      bytea not null check (length(bytes) between 1 and 1048576),
  primary key (version_id, part, reading, chunk_no)
);
alter table list_bytes alter bytes set storage external;

create table list_source (
  source            text primary key,
  active_version    bigint references list_version,
  -- Grows with everything that a replica must load anew: another active version, a removal that was acknowledged.
  revision          bigint not null default 0,
  -- The version that the publisher gave last, active or not, and what its server called it.
  published_version bigint references list_version,
  validators        jsonb,
  lease_holder      text,
  lease_until       timestamptz,
  next_refresh_at   timestamptz,
  check ((lease_holder is null) = (lease_until is null)),
  check ((published_version is null) = (validators is null))
);

create table list_activation (
  activation_id bigint generated always as identity primary key,
  source        text not null,
  version_id    bigint not null references list_version,
  replaced      bigint references list_version,
  activated_at  timestamptz not null,
  -- `system`, or the people of a proposal.
  by            text not null,
  check (replaced <> version_id)
);
create index list_activation_of_source on list_activation (source, activated_at);

-- What is done once after an activation (the lookback), by whichever replica takes it first; taken anew when that one died.
create table list_follow_up (
  activation_id bigint primary key references list_activation,
  taken_until   timestamptz,
  done_at       timestamptz
);
create index list_follow_up_open on list_follow_up (activation_id) where done_at is null;

-- Attempts that changed something or failed; `head` are the first bytes of what could not be read.
create table list_refresh (
  refresh_id bigint generated always as identity primary key,
  source     text not null,
  at         timestamptz not null,
  result     text not null check (result in ('activated', 'quarantined', 'refused', 'failed')),
  code       text,
  text       text,
  sha256     text,
  head       bytea check (length(head) <= 4096),
  check ((result = 'failed') = (code is not null))
);
create index list_refresh_of_source on list_refresh (source, refresh_id);

-- Rows that a version no longer has. `held` ones block on; `free` never did (delisting_hold: none); `listed`: another row of that version
-- lists the same address; `acknowledged` by two people; `relisted` by a later version.
create table list_removal (
  removal_id bigint generated always as identity primary key,
  source     text not null,
  removed_by bigint not null references list_version,
  -- Not null: the same bytes, read anew by another parser or other options, no longer gave the row.
  reading    text,
  removed_at timestamptz not null,
  row        jsonb not null,
  state      text not null check (state in ('held', 'free', 'listed', 'acknowledged', 'relisted')),
  closed_at  timestamptz,
  closed_by  text,
  check ((state in ('acknowledged', 'relisted')) = (closed_at is not null)),
  check ((closed_at is null) = (closed_by is null))
);
create index list_removal_held on list_removal (source) where state = 'held';
create index list_removal_of_version on list_removal (removed_by);

-- When this checker first screened with a row. The dates of a list are the party's, not the address's.
create table first_seen (
  source     text not null,
  -- SHA-256 over party, code and value.
  row_key    text not null,
  version_id bigint not null references list_version,
  at         timestamptz not null,
  primary key (source, row_key)
);

create function sanctions_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name;
end $$;
create trigger list_bytes_append_only before update or delete or truncate on list_bytes
  for each statement execute function sanctions_refuse_change();
create trigger list_activation_append_only before update or delete or truncate on list_activation
  for each statement execute function sanctions_refuse_change();
create trigger list_refresh_append_only before update or delete or truncate on list_refresh
  for each statement execute function sanctions_refuse_change();

-- A removal is closed once; what was removed and by what never changes.
create function sanctions_guard_removal() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'removals are never deleted';
  end if;
  if old.state <> 'held' or (to_jsonb(old) - '{state,closed_at,closed_by}'::text[]) <> (to_jsonb(new) - '{state,closed_at,closed_by}'::text[]) then
    raise exception 'removal % is closed once and otherwise stays as it is', old.removal_id;
  end if;
  return new;
end $$;
create trigger list_removal_guard before update or delete on list_removal for each row execute function sanctions_guard_removal();
