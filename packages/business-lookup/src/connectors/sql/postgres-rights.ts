/**
 * What the role may do beyond reading, in the database it is connected to; no row when it may only read. `member` counts roles too that it
 * would have to `set role` to. The system's own objects (below 16384, FirstNormalObjectId) are left out: everybody may "update" pg_settings.
 */
export const postgresRightsToWrite = `
with role as (
  select oid, rolname, rolsuper, rolcreaterole, rolcreatedb
    from pg_catalog.pg_roles where pg_catalog.pg_has_role(session_user, oid, 'member')
), relation as (
  select c.oid, c.relkind, c.relowner, pg_catalog.format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and c.oid >= 16384
     and n.nspname !~ '^pg_(toast|temp|toast_temp)'
), schema as (
  select oid, pg_catalog.quote_ident(nspname) as name from pg_catalog.pg_namespace
   where nspname !~ '^pg_(toast|temp|toast_temp)'
)
select found from (
  select 1 as rank, 'is a superuser' as found from role where rolsuper
  union
  select 1, 'may create roles' from role where rolcreaterole
  union
  select 1, 'may create databases' from role where rolcreatedb
  union
  select 1, 'is a member of ' || rolname from role
   where rolname in ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
  union
  select 2, 'may CREATE in database ' || pg_catalog.quote_ident(pg_catalog.current_database()) from role
   where pg_catalog.has_database_privilege(role.oid, pg_catalog.current_database(), 'CREATE')
  union
  select 3, 'may CREATE in schema ' || schema.name from role, schema
   where pg_catalog.has_schema_privilege(role.oid, schema.oid, 'CREATE')
  union
  select 4, 'owns ' || relation.name from role join relation on relation.relowner = role.oid
  union
  select 5, 'may ' || privilege || ' on ' || relation.name
    from role, relation, unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) as privilege
   where relation.relkind <> 'S' and pg_catalog.has_table_privilege(role.oid, relation.oid, privilege)
  union
  select 5, 'may ' || privilege || ' columns of ' || relation.name
    from role, relation, unnest(array['INSERT', 'UPDATE']) as privilege
   where relation.relkind <> 'S' and pg_catalog.has_any_column_privilege(role.oid, relation.oid, privilege)
     and not pg_catalog.has_table_privilege(role.oid, relation.oid, privilege)
  union
  select 6, 'may ' || privilege || ' on sequence ' || relation.name
    from role, relation, unnest(array['USAGE', 'UPDATE']) as privilege
   where case relation.relkind when 'S' then pg_catalog.has_sequence_privilege(role.oid, relation.oid, privilege) end
) as rights
order by rank, found limit 100`
