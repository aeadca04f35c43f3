-- A counter is a rule seen along its dimensions: what is used of it within its window. `used` counts the entries after `expired_upto`.
create table counter (
  counter_id   bigint generated always as identity primary key,
  rule_id      text not null,
  dimensions   text not null,
  used         numeric(78, 0) not null default 0 check (used >= 0),
  expired_upto timestamptz not null default '-infinity',
  last_at      timestamptz not null default '-infinity',
  unique (rule_id, dimensions)
);

-- What an approval took, with the facts it was taken for, so that counters can be rebuilt when rules change.
create table reservation (
  reservation_id bigint generated always as identity primary key,
  business_key   text not null,
  state          text not null check (state in ('held', 'released')),
  facts          jsonb not null,
  created_at     timestamptz not null,
  released_at    timestamptz,
  check ((state = 'released') = (released_at is not null))
);

-- One business key holds at most once, whatever the code above believes.
create unique index reservation_held on reservation (business_key) where state = 'held';

create table entry (
  reservation_id bigint not null references reservation,
  counter_id     bigint not null references counter,
  amount         numeric(78, 0) not null check (amount >= 0),
  at             timestamptz not null,
  released_at    timestamptz,
  primary key (reservation_id, counter_id)
);

create index entry_in_window on entry (counter_id, at) include (amount, released_at);
