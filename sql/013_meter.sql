-- Bytes by person, hour (hours since 1970, UTC), tool, traffic class and network path. Kept six months.
create table meter (
  hour bigint not null,
  person text not null, -- empty: nobody signed in
  tool text not null,
  traffic bigint not null,
  path text not null,
  bytes_in bigint not null,
  bytes_out bigint not null,
  primary key (person, hour, tool, traffic, path)
);
create index meter_hour on meter (hour);
