-- Conversations over Matrix. One row per event and nothing per recipient; state and memberships have current tables.
create table chat_user (
  number bigint primary key,
  user_id text not null unique,
  person text
);

create table chat_room (
  number bigint primary key,
  room_id text not null unique,
  version bigint not null,
  kind bigint not null,
  space text,
  creator bigint not null,
  published bigint not null,
  created_at bigint not null
);

-- `position` orders every event of the house; within a room it follows depth. type, state_key, replaces: state events only.
create table chat_event (
  position bigint primary key,
  room bigint not null,
  event_id text not null,
  sender bigint not null,
  at bigint not null,
  type text,
  state_key text,
  replaces bigint,
  redacted_by bigint,
  transaction_id text, -- "device|txn", for repeated sends
  pdu text not null
);
create unique index chat_event_id on chat_event (event_id);
create index chat_event_room on chat_event (room, position);
create index chat_event_state on chat_event (room, type, state_key, position) where state_key is not null;

create table chat_state (
  room bigint not null,
  type text not null,
  state_key text not null,
  position bigint not null,
  primary key (room, type, state_key)
);

-- Current membership with unread counters, which hold up to `counted`: later events are counted again after a start.
create table chat_member (
  room bigint not null,
  user_number bigint not null,
  membership bigint not null,
  position bigint not null,
  joined bigint not null,
  read_position bigint not null,
  notify bigint not null,
  highlight bigint not null,
  counted bigint not null,
  threads text not null, -- JSON, "" for none
  forgotten bigint not null,
  primary key (room, user_number)
);
create index chat_member_user on chat_member (user_number);

-- m.relates_to, by positions; only where present.
create table chat_relation (
  child bigint primary key,
  room bigint not null,
  parent bigint not null,
  kind bigint not null,
  rel_type text not null,
  relation_key text not null,
  sender bigint not null,
  type text not null
);
create index chat_relation_parent on chat_relation (room, kind, parent, child);

create table chat_alias (
  alias text primary key,
  room bigint not null,
  creator bigint not null
);
create index chat_alias_room on chat_alias (room);

create table chat_receipt (
  room bigint not null,
  user_number bigint not null,
  type text not null,
  thread text not null, -- "" unthreaded, "main" or a root
  event_id text not null,
  event_position bigint not null,
  at bigint not null,
  position bigint not null,
  primary key (room, user_number, type, thread)
);

-- room 0: of the person.
create table chat_account_data (
  user_number bigint not null,
  room bigint not null,
  type text not null,
  content text not null,
  position bigint not null,
  primary key (user_number, room, type)
);

create table chat_filter (
  id text primary key, -- hash of user and content: the same filter is kept once
  user_number bigint not null,
  content text not null
);

create table chat_pusher (
  user_number bigint not null,
  app_id text not null,
  pushkey text not null,
  content text not null,
  primary key (user_number, app_id, pushkey)
);

create table chat_profile (
  user_number bigint primary key,
  avatar_url text not null
);

create table chat_report (
  room bigint not null,
  event_id text not null, -- "" for the room itself
  user_number bigint not null,
  reason text not null,
  at bigint not null
);
create index chat_report_at on chat_report (at);

create table chat_cursor (
  name text primary key,
  position bigint not null
);
