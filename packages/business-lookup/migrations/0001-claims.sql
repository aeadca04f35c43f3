-- A reference pays once: whoever claims it first holds it until an outcome gives it back.
create table claim (
  claim_id     bigint generated always as identity primary key,
  organisation text not null,
  reference    text not null,
  business_key text not null,
  state        text not null check (state in ('held', 'released')),
  claimed_at   timestamptz not null,
  released_at  timestamptz,
  check ((state = 'released') = (released_at is not null))
);

create unique index claim_held on claim (organisation, reference) where state = 'held';
create index claim_by_business_key on claim (business_key) where state = 'held';
