-- Which addresses approvals were given for, append-only and never deleted by a release: a listing of tomorrow must find the payments of
-- today, whatever became of them. One row per business key, key and role, and a further one when it is approved again a day or more later.
create table screened_address (
  screened_id  bigint generated always as identity primary key,
  business_key text not null,
  organisation text not null,
  chain        text not null,
  role         text not null,
  key          text not null,
  raw          text not null,
  decided_at   timestamptz not null,
  unique (business_key, key, role, decided_at)
);

create index screened_address_by_time on screened_address (decided_at);

create trigger screened_address_append_only before update or delete on screened_address
  for each statement execute function refuse_change();

-- What a screened address may be found by: its key, every key that the same private key or script controls, and its text as `text:...`. Rows of
-- their own, because a look back asks for thousands of keys at once: an array column was compared with all of them in every row (8 s for
-- 100,000 rows and 1,000 keys).
create table screened_key (
  key         text not null,
  decided_at  timestamptz not null,
  screened_id bigint not null references screened_address,
  primary key (key, decided_at, screened_id)
);

create trigger screened_key_append_only before update or delete on screened_key
  for each statement execute function refuse_change();

-- Whom an organisation paid, one row per address as people see it, to find look-alikes of it. `bucket` is its form and its first and last
-- three characters: whatever resembles it has the same one, so the one index answers without a scan.
create table paid_destination (
  organisation  text not null,
  bucket        text not null,
  visible       text not null,
  key           text not null,
  keys          text[] not null,
  chain         text not null,
  raw           text not null,
  first_paid_at timestamptz not null,
  last_paid_at  timestamptz not null check (last_paid_at >= first_paid_at),
  primary key (organisation, bucket, visible, key)
);

-- What was approved, or is allow-listed, and hits a row that a later version added. Append-only: a report to the authority hangs on it.
create table lookback_hit (
  hit_id       bigint generated always as identity primary key,
  source       text not null,
  version_sha  text not null check (version_sha ~ '^[0-9a-f]{64}$'),
  found_in     text not null check (found_in in ('approval', 'address-book')),
  business_key text,
  organisation text,
  role         text,
  chain        text not null,
  raw          text not null,
  key          text not null,
  -- The key that both have; `text:...` when it was the very text.
  matched      text not null,
  listed       jsonb not null,
  listed_id    text not null,
  decided_at   timestamptz,
  found_at     timestamptz not null,
  report_by    date not null,
  check ((found_in = 'approval') = (business_key is not null and organisation is not null and role is not null and decided_at is not null)),
  unique nulls not distinct (source, version_sha, listed_id, business_key, role, chain, key)
);

create trigger lookback_hit_append_only before update or delete on lookback_hit
  for each statement execute function refuse_change();
