-- What the store itself keeps. Dialect and rules: src/store/README.md.

-- One row per fact, in the transaction of the state it tells of. Subscribers read it from their own cursor; the newest row
-- is never deleted, because the next position is counted from it.
create table outbox (
  position bigint primary key,
  at bigint not null,
  kind text not null,
  actor text not null,
  space text not null,
  subject text not null,
  payload text not null,
  rule text not null
);

create table outbox_cursor (
  subscriber text primary key,
  position bigint not null
);
