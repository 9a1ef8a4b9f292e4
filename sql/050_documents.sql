-- Documents written together: the tree, the log of updates as they came (append-only, an author each), and the last compacted
-- state. `payload` is null once the state holds it.
create table document (
  id text not null primary key,
  space text not null,
  parent text,
  title text not null,
  template text not null,
  position bigint not null,
  author text not null,
  created_at bigint not null,
  updated_at bigint not null,
  updated_by text not null,
  frozen boolean not null,
  last_update bigint not null,
  deleted_at bigint
);
create index document_of_space on document (space, position);

create table document_update (
  document text not null,
  position bigint not null,
  author text not null,
  at bigint not null,
  size bigint not null,
  payload bytea,
  primary key (document, position)
);

create table document_state (
  document text not null primary key,
  position bigint not null,
  state bytea not null
);
