-- A file belongs to a space, to a conversation, or (attached_at null) still to its author alone.
create table file (
  id text not null primary key,
  space text not null,
  room_id text not null,
  author text not null,
  name text not null,
  type text not null,
  size bigint not null,
  blob text not null,
  created_at bigint not null,
  attached_at bigint,
  deleted_at bigint
);
create index file_of_space on file (space, created_at);
create index file_deleted on file (deleted_at) where deleted_at is not null;
create index file_unattached on file (created_at) where attached_at is null;
