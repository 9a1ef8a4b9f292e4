-- One list of sessions for every door. A session is a Matrix device. Tokens are kept as SHA-256 only.
create table session (
  id text primary key,
  person text not null references person (id),
  kind bigint not null,
  token_hash text not null unique,
  device_id text not null,
  device_name text not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  last_network text not null,
  csrf text not null,
  unique (person, device_id)
);
