-- Meetings that take place: when they were last known to, and the groups they are divided into. What is found here at a start was
-- interrupted by the end of the process before.
create table meeting_live (
  meeting text not null primary key,
  seen_at bigint not null,
  division text not null
);

-- Nobody is in a meeting now: of whoever a process ended with, no more is known than when they came.
update meeting_attendance set left_at = joined_at where left_at is null;

-- When an urgent act ends.
alter table network_override add column ends_at bigint not null default 0;
create index network_override_ends on network_override (ends_at);
