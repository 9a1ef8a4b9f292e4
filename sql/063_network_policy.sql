-- Every version of the network policy; the highest counts.
create table network_policy (
  version bigint not null primary key,
  document text not null,
  author text not null,
  note text not null,
  created_at bigint not null
);

-- Who keeps the images of meetings whatever the policy says: their own choice, told to nobody.
create table network_exemption (
  person text not null primary key,
  since bigint not null
);
