-- One notification centre; numbered per person so that "read up to" is one number.
create table notification (
  person text not null references person (id),
  id bigint not null,
  at bigint not null,
  kind text not null,
  space text not null,
  actor text not null,
  subject text not null,
  text text not null,
  link text not null,
  primary key (person, id)
);
create table notification_read (
  person text primary key references person (id),
  up_to bigint not null
);
