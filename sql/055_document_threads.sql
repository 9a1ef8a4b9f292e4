-- What people say about a passage of a document: a comment or a suggested replacement, and the replies. The anchors are
-- Yjs relative positions (base64), which stay with the text around them.
create table document_thread (
  id text not null primary key,
  document text not null,
  author text not null,
  at bigint not null,
  anchor_start text not null,
  anchor_end text not null,
  quote text not null,
  text text not null,
  replacement text,
  resolved boolean not null,
  accepted boolean
);
create index document_thread_of on document_thread (document, id);

create table document_reply (
  id text not null primary key,
  thread text not null,
  document text not null,
  author text not null,
  at bigint not null,
  text text not null
);
create index document_reply_of on document_reply (document, id);
create index document_reply_in on document_reply (thread, id);
