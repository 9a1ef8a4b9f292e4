-- A meeting belongs to a space and to what it came from (the space itself, a room, a document): one for each.
create table meeting (
  id text not null primary key,
  space text not null,
  origin_kind text not null,
  origin_id text not null,
  name text not null,
  lobby boolean not null,
  locked boolean not null,
  guest_key text not null,
  document_id text not null,
  created_by text not null,
  created_at bigint not null
);
create unique index meeting_origin on meeting (space, origin_kind, origin_id);
create index meeting_of on meeting (space, id);

-- Who was excluded from a meeting, or made its host for this meeting alone. An identity is a person's or a guest's.
create table meeting_mark (
  meeting text not null,
  identity text not null,
  mark text not null,
  primary key (meeting, identity, mark)
);

-- Who was there, and when.
create table meeting_attendance (
  id text not null primary key,
  meeting text not null,
  identity text not null,
  name text not null,
  verified boolean not null,
  joined_at bigint not null,
  left_at bigint
);
create index meeting_attendance_of on meeting_attendance (meeting, id);
