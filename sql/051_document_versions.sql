-- Named versions of a document. Each holds a complete state of its own (format v2, zstd), so that it outlives the log; `hash` is
-- BLAKE2b-256 of that state in format v1, `size` its bytes. A frozen version is neither changed nor removed.
create table document_version (
  id text not null primary key,
  document text not null,
  name text not null,
  author text not null,
  at bigint not null,
  frozen boolean not null,
  hash text not null,
  size bigint not null,
  state bytea not null
);
create index document_version_of on document_version (document, at);
