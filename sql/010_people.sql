-- People, the administrations they belong to (by e-mail domain, never stored twice), and invitations.
create table administration (
  id text primary key,
  name text not null,
  short_name text not null,
  domains text not null -- separated by spaces
);

create table person (
  id text primary key,
  handle text not null unique, -- Matrix localpart, never reused
  email text not null unique,
  display_name text not null,
  given_name text not null,
  family_name text not null,
  title text not null,
  phone text not null,
  state bigint not null,
  instance_role bigint not null,
  language text not null,
  hidden bigint not null,
  password_hash text not null, -- PHC string of argon2id; empty: no password yet
  created_at bigint not null
);

create table invitation (
  token_hash text primary key,
  person text not null references person (id),
  inviter text not null, -- empty: the instance
  expires_at bigint not null,
  used_at bigint
);
create index invitation_person on invitation (person);
