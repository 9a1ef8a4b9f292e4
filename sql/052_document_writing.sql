-- Who wrote in a document, from when to when: one row for each spell of writing of a person. It outlives the log, whose rows go
-- when a state holds them.
create table document_writing (
  document text not null,
  started_at bigint not null,
  author text not null,
  ended_at bigint not null,
  updates bigint not null,
  primary key (document, started_at, author)
);
insert into document_writing(document, started_at, author, ended_at, updates)
  select document, min(at), author, max(at), count(*) from document_update group by document, author, at / 600000;
delete from document_update where payload is null;
-- How the state is written: 0 as it is, 1 zstd.
alter table document_state add column coding bigint not null default 0;
