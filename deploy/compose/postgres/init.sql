-- Run once, by the superuser, when the files of the server are made. One role and one database for each team: nobody but the owner connects to it.
\set ON_ERROR_STOP on
\set reader_password `cat "${SECRETS:-/run/secrets}/lookup-reader.pw"`

create role gateway login;
create role limits login;
create role sanctions login;
create role business_lookup login;
create role integrity login;

create database gateway owner gateway;
create database limits owner limits;
create database sanctions owner sanctions;
create database business_lookup owner business_lookup;
create database integrity owner integrity;
-- Stands in for the business system, which is yours and elsewhere: put its address into config/business-lookup.yaml and leave this out.
create database payouts;

revoke all on database gateway, limits, sanctions, business_lookup, integrity, payouts, postgres, template1 from public;

\connect payouts
create table payouts (
  reference   text primary key,
  state       text not null,
  asset       text not null,
  amount      numeric not null,
  address     text not null,
  memo        text,
  valid_until timestamptz not null
);
create role lookup_reader login password :'reader_password';
grant connect on database payouts to lookup_reader;
grant select on payouts to lookup_reader;
