-- What the instance must remember of itself: its Matrix server name may never change.
create table setting (
  name text primary key,
  value text not null
);
