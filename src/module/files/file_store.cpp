#include "module/files/file_store.h"

#include <algorithm>

namespace parvis::file_store {
namespace {

using store::Statement;

#define FILE_COLUMNS "id, space, room_id, author, name, type, size, blob, created_at, deleted_at"

const Statement insert_file{
    "file.insert",
    "insert into file(id, space, room_id, author, name, type, size, blob, created_at) "
    "values ($1, '', '', $2, $3, $4, $5, $6, $7)"};
const Statement find_file{"file.find", "select " FILE_COLUMNS " from file where id = $1"};
const Statement attach_file{"file.attach",
                            "update file set space = $2, room_id = $3, attached_at = $4 "
                            "where id = $1 and attached_at is null"};
const Statement list_files{
    "file.list",
    "select " FILE_COLUMNS
    " from file where space = $1 and deleted_at is null and "
    "(created_at < $2 or (created_at = $2 and id < $3)) order by created_at desc, id desc limit $4"};
const Statement list_trash{
    "file.trash",
    "select " FILE_COLUMNS
    " from file where space = $1 and deleted_at is not null and "
    "(created_at < $2 or (created_at = $2 and id < $3)) order by created_at desc, id desc limit $4"};
const Statement sum_sizes{"file.used", "select coalesce(sum(size), 0) from file where space = $1"};
const Statement delete_file{"file.set_deleted",
                            "update file set deleted_at = $2 where id = $1 and attached_at is not null"};
const Statement expired_files{"file.expired",
                              "select " FILE_COLUMNS
                              " from file where (deleted_at is not null and deleted_at < $1) or "
                              "(attached_at is null and created_at < $2) limit $3"};
const Statement remove_file{"file.remove", "delete from file where id = $1"};

#undef FILE_COLUMNS

FileRecord record_at(const store::Rows& rows, size_t row) {
  return {.id = FileId::parse(rows.text(row, 0)).value_or(FileId()),
          .space = SpaceId::parse(rows.text(row, 1)).value_or(SpaceId()),
          .room_id = std::string(rows.text(row, 2)),
          .author = PersonId::parse(rows.text(row, 3)).value_or(PersonId()),
          .name = std::string(rows.text(row, 4)),
          .type = std::string(rows.text(row, 5)),
          .size = static_cast<uint64_t>(rows.integer(row, 6)),
          .blob = std::string(rows.text(row, 7)),
          .created_at = {rows.integer(row, 8)},
          .deleted_at = rows.is_null(row, 9) ? std::nullopt : std::optional(Instant{rows.integer(row, 9)})};
}

std::vector<FileRecord> records(const store::Rows& rows) {
  std::vector<FileRecord> out;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) out.push_back(record_at(rows, row));
  return out;
}

}  // namespace

Result<void> insert(store::Transaction& transaction, const FileRecord& file) {
  TRY(transaction.execute(insert_file, file.id.text(), file.author.text(), file.name, file.type, file.size,
                          file.blob, file.created_at));
  return {};
}

Result<std::optional<FileRecord>> find(store::Reader& reader, FileId file) {
  auto rows = TRY(reader.query(find_file, file.text()));
  if (rows.empty()) return std::optional<FileRecord>();
  return std::optional(record_at(rows, 0));
}

Result<bool> attach(store::Transaction& transaction, FileId file, const Place& place, Instant at) {
  auto space = place.space.empty() ? std::string() : place.space.text();
  return TRY(transaction.execute(attach_file, file.text(), space, place.room_id, at)) == 1;
}

Result<Page> list(store::Reader& reader, SpaceId space, bool trash, std::optional<FileRecord> before,
                  size_t limit) {
  int64_t at = before ? before->created_at.ms : INT64_MAX;
  auto id = before ? before->id.text() : std::string();
  auto rows = TRY(reader.query(trash ? list_trash : list_files, space.text(), at, id, limit + 1));
  Page page{records(rows), false};
  if (page.files.size() > limit) {
    page.files.pop_back();
    page.more = true;
  }
  return page;
}

// A person's spaces are few: one indexed read each, then a merge, needs no dynamic SQL.
Result<std::vector<FileRecord>> recent(store::Reader& reader, const std::vector<SpaceId>& spaces,
                                       size_t limit) {
  std::vector<FileRecord> out;
  for (SpaceId space : spaces) {
    auto page = TRY(list(reader, space, false, std::nullopt, limit));
    std::ranges::move(page.files, std::back_inserter(out));
  }
  std::ranges::sort(out,
                    [](const FileRecord& a, const FileRecord& b) { return a.created_at > b.created_at; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<uint64_t> used_bytes(store::Reader& reader, SpaceId space) {
  auto rows = TRY(reader.query(sum_sizes, space.text()));
  return static_cast<uint64_t>(rows.integer(0, 0));
}

Result<bool> set_deleted(store::Transaction& transaction, FileId file, std::optional<Instant> at) {
  std::optional<int64_t> ms;
  if (at) ms = at->ms;
  return TRY(transaction.execute(delete_file, file.text(), ms)) == 1;
}

Result<std::vector<FileRecord>> expired(store::Reader& reader, Instant trashed_before, Instant pending_before,
                                        size_t limit) {
  return records(TRY(reader.query(expired_files, trashed_before, pending_before, limit)));
}

Result<void> remove(store::Transaction& transaction, FileId file) {
  TRY(transaction.execute(remove_file, file.text()));
  return {};
}

}  // namespace parvis::file_store
