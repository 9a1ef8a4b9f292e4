-- Questions asked in a meeting. While an anonymous poll is open its ballots bear a keyed hash instead of the voter's
-- identity; closing empties `secret`, the key, and deletes those ballots: the counts alone stay.
create table meeting_poll (
  id text not null primary key,
  meeting text not null,
  question text not null,
  multiple boolean not null,
  anonymous boolean not null,
  live boolean not null,
  state text not null,
  author text not null,
  author_name text not null,
  secret text not null,
  voters bigint not null,
  created_at bigint not null,
  opened_at bigint,
  closed_at bigint
);
create index meeting_poll_of on meeting_poll (meeting, id);

create table meeting_poll_answer (
  poll text not null,
  position bigint not null,
  answer text not null,
  votes bigint not null,
  primary key (poll, position)
);

-- `choice`: bit n is the answer at position n.
create table meeting_poll_ballot (
  poll text not null,
  voter text not null,
  name text not null,
  choice bigint not null,
  primary key (poll, voter)
);

-- Where everyone with an account may ask, not the hosts alone.
create table meeting_poll_rule (
  meeting text not null primary key,
  everyone boolean not null
);
