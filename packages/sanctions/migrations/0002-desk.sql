-- What people decide about addresses: blocks of their own, and overrides of what a list says. Everything here is made and taken back by two
-- different people, through proposals, and is kept for good.

-- What needs two people: made by one, applied or refused by another one. Appended to, and closed once.
create table proposal (
  proposal_id bigint generated always as identity primary key,
  kind        text not null check (kind in
    ('block', 'revoke-block', 'override', 'revoke-override', 'activate-version', 'refuse-version', 'acknowledge-removals')),
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

-- Works like a list of our own. It names one address, or a party of a list, whose addresses were resolved when it was proposed: later listings
-- of that party are not in it.
create table manual_block (
  block_id       bigint generated always as identity primary key,
  proposal_id    bigint not null unique references proposal,
  address        text,
  source         text,
  party_id       text,
  -- Canonical keys and those of the same private key; `opaque:` and the text where no chain reads it.
  keys           text[] not null check (cardinality(keys) > 0),
  -- A chain of the registry, or * for all.
  scope          text not null check (scope <> ''),
  reason         text not null,
  source_ref     text not null,
  effective_from timestamptz not null,
  expires_at     timestamptz check (expires_at > effective_from),
  review_at      timestamptz not null,
  created_by     text not null,
  created_at     timestamptz not null,
  approved_by    text not null check (approved_by <> created_by),
  approved_at    timestamptz not null,
  revoke_proposal_id bigint unique references proposal,
  revoked_by         text,
  revoke_approved_by text check (revoke_approved_by <> revoked_by),
  revoked_at         timestamptz,
  check ((address is null) = (source is not null)),
  check ((source is null) = (party_id is null)),
  check (num_nulls(revoke_proposal_id, revoked_by, revoke_approved_by, revoked_at) in (0, 4))
);
create index manual_block_of_key on manual_block using gin (keys) where revoked_at is null;
create index manual_block_live on manual_block (block_id) where revoked_at is null;

-- Lets one wallet of one organisation pay one address in spite of exactly the entries in bound_to.
create table allow_override (
  override_id  bigint generated always as identity primary key,
  proposal_id  bigint not null unique references proposal,
  address      text not null,
  keys         text[] not null check (cardinality(keys) > 0),
  -- [{ source, partyId, featureId, entryFingerprint, strength }]
  bound_to     jsonb not null check (jsonb_typeof(bound_to) = 'array' and jsonb_array_length(bound_to) > 0),
  organisation text not null check (organisation <> ''),
  wallet       text not null check (wallet <> ''),
  -- Of one payment.
  max_amount   numeric(78, 0) check (max_amount > 0),
  asset        text,
  reason       text not null,
  case_ref     text not null,
  licence_ref  text,
  created_by   text not null,
  created_at   timestamptz not null,
  approved_by  text not null check (approved_by <> created_by),
  approved_at  timestamptz not null,
  -- At most 90 days, and by hours: a day of interval is not always 24 of them.
  expires_at   timestamptz not null check (expires_at > approved_at and expires_at <= created_at + interval '2160 hours'),
  revoke_proposal_id bigint unique references proposal,
  revoked_by         text,
  revoke_approved_by text check (revoke_approved_by <> revoked_by),
  revoked_at         timestamptz,
  check ((max_amount is null) = (asset is null)),
  check (num_nulls(revoke_proposal_id, revoked_by, revoke_approved_by, revoked_at) in (0, 4))
);
create index allow_override_of_key on allow_override using gin (keys) where revoked_at is null;
create index allow_override_live on allow_override (expires_at) where revoked_at is null;

-- Payments that were approved because of an override, written in the transaction of their verdict. One row for a payment, however often it is asked.
create table override_use (
  override_id  bigint not null references allow_override,
  business_key text not null,
  at           timestamptz not null,
  primary key (override_id, business_key)
);

create trigger override_use_append_only before update or delete or truncate on override_use
  for each statement execute function sanctions_refuse_change();

-- Nothing of a block or an override changes but that it is revoked, once.
create function desk_only_revoke() returns trigger language plpgsql as $$
declare
  v_revocation constant text[] := array['revoke_proposal_id', 'revoked_by', 'revoke_approved_by', 'revoked_at'];
begin
  if tg_op = 'DELETE' or old.revoked_at is not null or to_jsonb(old) - v_revocation <> to_jsonb(new) - v_revocation then
    raise exception 'a row of % can only be revoked, once', tg_table_name;
  end if;
  return new;
end $$;
create trigger manual_block_only_revoke before update or delete on manual_block
  for each row execute function desk_only_revoke();
create trigger allow_override_only_revoke before update or delete on allow_override
  for each row execute function desk_only_revoke();
create trigger manual_block_keep before truncate on manual_block execute function sanctions_refuse_change();
create trigger allow_override_keep before truncate on allow_override execute function sanctions_refuse_change();
