-- What a Fireblocks transaction does, field by field, null where the platform has not said it yet: what all approvals that hold the key
-- were given for, together. Null where the platform says everything at once (content_digest alone is compared), and where nothing holds the key.
alter table business
  add column content jsonb check (jsonb_typeof(content) = 'object'),
  add constraint business_content_held check (content is null or content_digest is not null);

-- When an approval that signs nothing by itself stops holding, unless it was approved again meanwhile. Null: never.
alter table attempt
  add column lapses_at timestamptz,
  add constraint attempt_lapses check (lapses_at is null or kind = 'tx-approval');

create index attempt_lapsing on attempt (lapses_at) where holds and lapses_at is not null;
