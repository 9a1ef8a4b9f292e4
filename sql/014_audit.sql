-- Who did what, by which rule: a projection of the outbox. Each row's hash covers the row and the hash before it.
create table audit (
  position bigint primary key,
  at bigint not null,
  kind text not null,
  actor text not null,
  space text not null,
  subject text not null,
  rule text not null,
  payload text not null,
  hash text not null
);
create index audit_space on audit (space, position);
create index audit_actor on audit (actor, position);
create index audit_kind on audit (kind, position);
