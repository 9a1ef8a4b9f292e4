-- Content on disk, by the hex of its BLAKE2b-256 hash; a row without reference is collected after the grace period.
create table stored_blob (
  hash text primary key,
  size bigint not null,
  reference_count bigint not null,
  unreferenced_at bigint not null
);
create index stored_blob_unreferenced on stored_blob(unreferenced_at) where reference_count = 0;
