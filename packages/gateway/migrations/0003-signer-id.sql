-- The API user whose Co-signer asked, as notices name it: a checker has one Co-signer's key for several of them. Null for a Cobo node.
alter table request add column signer_id text;
