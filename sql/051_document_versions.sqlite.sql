create trigger document_version_unchanged before update on document_version when old.frozen
begin select raise(abort, 'a frozen version does not change'); end;
create trigger document_version_kept before delete on document_version when old.frozen
begin select raise(abort, 'a frozen version is kept'); end;
create trigger document_kept before delete on document when old.frozen
begin select raise(abort, 'a document with a frozen version is kept'); end;
