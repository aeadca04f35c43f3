-- The one clock of every rule: read after the locks are held, so that a waiting transaction never decides with a stale time.
create function clock_now() returns timestamptz
  language sql volatile parallel safe
  as $$select pg_catalog.clock_timestamp()$$;
