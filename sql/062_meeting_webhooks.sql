-- What rooms have to tell, until the key's address has taken it: in the order of positions for each key and room.
create table meeting_webhook_event (
  position bigint not null primary key,
  meeting_key text not null,
  room text not null,
  body text not null,
  created_at bigint not null
);
create index meeting_webhook_event_of on meeting_webhook_event (meeting_key, room, position);
