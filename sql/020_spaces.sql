create table space (
  id text not null primary key,
  kind integer not null,
  slug text not null unique,
  name text not null,
  description text not null,
  template text not null,
  visibility integer not null,
  joining integer not null,
  state integer not null,
  open_to_externals integer not null,
  created_by text not null,
  created_at bigint not null
);

create table membership (
  space text not null,
  person text not null,
  role integer not null,
  since bigint not null,
  primary key (space, person)
);

create table join_request (
  space text not null,
  person text not null,
  message text not null,
  at bigint not null,
  primary key (space, person)
);
