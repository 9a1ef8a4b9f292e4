alter table search_entry add column words tsvector
  generated always as (setweight(to_tsvector('simple', title_words), 'A') || to_tsvector('simple', body_words)) stored;
create index search_entry_words on search_entry using gin(words);
