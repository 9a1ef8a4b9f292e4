create virtual table search_text using fts5(title, body, content = 'search_entry', content_rowid = 'id', tokenize = 'parvis_words');

create trigger search_entry_insert after insert on search_entry begin
  insert into search_text(rowid, title, body) values (new.id, new.title, new.body);
end;
create trigger search_entry_delete after delete on search_entry begin
  insert into search_text(search_text, rowid, title, body) values ('delete', old.id, old.title, old.body);
end;
create trigger search_entry_update after update of title, body on search_entry begin
  insert into search_text(search_text, rowid, title, body) values ('delete', old.id, old.title, old.body);
  insert into search_text(rowid, title, body) values (new.id, new.title, new.body);
end;
