-- Lighter pictures, made on first demand; `source` is the blob they show.
create table file_preview (
  source text not null,
  pixels integer not null,
  blob text not null,
  size bigint not null,
  primary key (source, pixels)
);
