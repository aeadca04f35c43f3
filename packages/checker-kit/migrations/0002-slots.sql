-- What the signatures given for a business key have in common on their chain (a nonce, spent outputs): a signature over other hashes
-- is a replacement when it uses one of these up as well, and a second payment otherwise.
alter table business add column slots text[] not null default '{}';
