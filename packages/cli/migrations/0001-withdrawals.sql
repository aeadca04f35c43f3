-- The demonstration's payout system: what was ordered, by whom, and who else agreed.
create table withdrawal (
  reference    text           primary key check (reference ~ '^WD-[0-9]{8}-[0-9a-f]{6}-[0-9]{2,6}$'),
  customer     text           not null check (length(customer) between 1 and 80),
  currency     text           not null check (currency in ('ETH', 'USDT')),
  -- In whole units; as many decimals as the finest currency has.
  amount       numeric(38,18) not null check (amount > 0),
  address      text           not null check (address ~ '^0x[0-9a-fA-F]{40}$'),
  state        text           not null default 'pending' check (state in ('pending', 'approved', 'cancelled')),
  created_by   text           not null check (length(created_by) between 1 and 60),
  approved_by  text,
  cancelled_by text,
  valid_until  timestamptz    not null,
  created_at   timestamptz    not null default clock_now(),
  -- When business-lookup asked last, and how often.
  asked_at     timestamptz,
  asked_count  bigint         not null default 0 check (asked_count >= 0),
  -- Four eyes, whatever the code above does.
  constraint approved_by_another check (lower(approved_by) <> lower(created_by)),
  constraint approved_has_approver check (state <> 'approved' or approved_by is not null),
  constraint cancelled_has_canceller check (state <> 'cancelled' or cancelled_by is not null)
);

create index withdrawal_newest on withdrawal (created_at desc, reference desc);
