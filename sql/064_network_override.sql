-- "Urgent": what somebody did beyond the policy, and why. Counted for the house.
create table network_override (
  id text not null primary key,
  person text not null,
  subject text not null,
  reason text not null,
  at bigint not null
);
create index network_override_at on network_override (at);
