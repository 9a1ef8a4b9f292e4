-- End-to-end encryption: public keys, one-time keys, backups, and messages from device to device.
create table chat_device_key (
  user_number bigint not null,
  device_id text not null,
  keys text not null,
  primary key (user_number, device_id)
);

create table chat_one_time_key (
  sequence bigint primary key, -- keys are given out in the order they came
  user_number bigint not null,
  device_id text not null,
  algorithm text not null,
  key_id text not null,
  content text not null,
  unique (user_number, device_id, algorithm, key_id)
);

create table chat_fallback_key (
  user_number bigint not null,
  device_id text not null,
  algorithm text not null,
  key_id text not null,
  content text not null,
  used bigint not null,
  primary key (user_number, device_id, algorithm)
);

create table chat_cross_signing_key (
  user_number bigint not null,
  usage text not null, -- master, self_signing, user_signing
  content text not null,
  primary key (user_number, usage)
);

create table chat_key_signature (
  target bigint not null,
  key_id text not null, -- device id, or the public part of a cross-signing key
  signer bigint not null,
  signatures text not null,
  primary key (target, key_id, signer)
);

create table chat_device_list (
  user_number bigint primary key,
  position bigint not null
);

create table chat_to_device (
  position bigint primary key,
  user_number bigint not null,
  device_id text not null,
  content text not null
);
create index chat_to_device_device on chat_to_device (user_number, device_id, position);

create table chat_key_backup (
  user_number bigint not null,
  version bigint not null,
  algorithm text not null,
  auth_data text not null,
  etag bigint not null,
  deleted bigint not null,
  primary key (user_number, version)
);

create table chat_backup_key (
  user_number bigint not null,
  version bigint not null,
  room_id text not null,
  session_id text not null,
  first_message_index bigint not null,
  forwarded_count bigint not null,
  is_verified bigint not null,
  session_data text not null,
  primary key (user_number, version, room_id, session_id)
);
