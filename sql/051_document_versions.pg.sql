create function document_frozen_kept() returns trigger language plpgsql as $kept$
begin
  raise exception 'frozen: %', tg_table_name;
end
$kept$;
create trigger document_version_unchanged before update or delete on document_version for each row when (old.frozen)
  execute function document_frozen_kept();
create trigger document_kept before delete on document for each row when (old.frozen) execute function document_frozen_kept();
