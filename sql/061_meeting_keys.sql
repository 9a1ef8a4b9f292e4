-- A key for automation of meetings: of one space, or (space null) of the whole house. Its secret is derived, not kept.
create table meeting_key (
  id text not null primary key,
  space text,
  name text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint,
  webhook_url text not null,
  delivered_at bigint,
  delivery_status bigint not null,
  delivery_failure text not null
);
