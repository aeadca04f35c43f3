-- What needs two people: made by one, applied or refused by another one. Appended to, and closed once.
create table proposal (
  proposal_id bigint generated always as identity primary key,
  kind        text not null check (kind in ('release-claim')),
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
create index proposal_open on proposal (proposal_id) where state = 'open';

-- A reference pays once: whoever claims it first holds it until the gateway's outcome or two people give it back. Nothing is ever removed.
create table claim (
  claim_id            bigint generated always as identity primary key,
  organisation        text not null check (organisation <> ''),
  reference           text not null check (reference <> ''),
  -- SHA-256 over what is paid to whom: every holder was compared with the same.
  terms_digest        text not null check (terms_digest ~ '^[0-9a-f]{64}$'),
  -- The comparisons of the first holder, for people: [{ field, comparator, expected, actual, ok }]
  terms               jsonb not null check (jsonb_typeof(terms) = 'array'),
  -- What all signatures of all holders have in common on chain, so that one of them at most can be final. Null while nothing was signed.
  slots               text[],
  -- How often something else was signed than the last time: who proposes a release has evidence of what was signed until then.
  signatures          integer not null default 0 check (signatures >= 0),
  -- SHA-256 over hashes and key.
  last_signature      text check (last_signature ~ '^[0-9a-f]{64}$'),
  state               text not null check (state in ('held', 'released')),
  claimed_at          timestamptz not null,
  released_at         timestamptz,
  -- `outcome` for the gateway's word, else who proposed it.
  released_by         text,
  release_approved_by text check (release_approved_by <> released_by),
  release_proposal_id bigint unique references proposal,
  check ((state = 'released') = (released_at is not null)),
  check ((released_at is null) = (released_by is null)),
  check ((release_proposal_id is null) = (release_approved_by is null)),
  check (release_proposal_id is null or state = 'released'),
  check ((signatures = 0) = (last_signature is null)),
  check ((signatures = 0) = (slots is null))
);
create unique index claim_held on claim (organisation, reference) where state = 'held';
create index claim_by_reference on claim (reference, claim_id);

-- Who may sign a claimed payment: one transaction, and those that were proven to replace it on chain.
create table claim_holder (
  holder_id      bigint generated always as identity primary key,
  claim_id       bigint not null references claim,
  business_key   text not null check (business_key <> ''),
  -- Of the record that it was compared with when it claimed.
  record_digest  text not null check (record_digest ~ '^[0-9a-f]{64}$'),
  record_version text,
  claimed_at     timestamptz not null,
  released_at    timestamptz
);
-- A transaction pays one reference.
create unique index claim_holder_holds on claim_holder (business_key) where released_at is null;
create index claim_holder_of_claim on claim_holder (claim_id);
create index claim_holder_by_business_key on claim_holder (business_key, holder_id);

-- What the platform said became of a holder, append-only: kept for people, and releases nothing.
create table platform_said (
  said_id    bigint generated always as identity primary key,
  holder_id  bigint not null references claim_holder,
  caller     text not null,
  event_type text not null,
  request_id text,
  said_at    timestamptz not null
);
create index platform_said_of_holder on platform_said (holder_id);
