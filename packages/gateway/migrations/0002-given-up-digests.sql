-- Contents of a request that came before the present one and were told `abandoned`. One that comes back is refused: asked again, it could be
-- approved while that notice is still under way, and the notice would then release what the approval claimed.
alter table request add column given_up_digests text[] not null default '{}';
