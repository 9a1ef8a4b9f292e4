-- What search knows: one row per object with text. title_words and body_words are the analysed words, where the engine
-- does not analyse by itself.
create table search_entry (
  id bigint primary key,
  kind text not null,
  object text not null,
  scope text not null,
  title text not null,
  body text not null,
  at bigint not null,
  title_words text not null,
  body_words text not null,
  unique (kind, object)
);
