-- Which documents a document mentions or links to, as of the last time the search read it.
create table document_link (
  source text not null,
  target text not null,
  primary key (source, target)
);
create index document_link_to on document_link (target);
