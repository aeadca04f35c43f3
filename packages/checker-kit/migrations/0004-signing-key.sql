-- Which key the hashes were approved for, SHA-256 over group, root key, paths and tweaks: the same hash signed by another key is a valid
-- signature of another account, and a second payment. Null where nothing holds the key, and for what was approved before this was kept.
alter table business add column signing_key text check (signing_key ~ '^[0-9a-f]{64}$');
