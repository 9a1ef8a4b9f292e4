#pragma once
// The SQL of files, named.
#include "module/files/api.h"

namespace parvis::file_store {

struct Page {
  std::vector<FileRecord> files;
  bool more = false;
};
struct Place {
  SpaceId space;
  std::string room_id;
};

Result<void> insert(store::Transaction& transaction, const FileRecord& file);
Result<std::optional<FileRecord>> find(store::Reader& reader, FileId file);
/// False when the file is not pending anymore.
Result<bool> attach(store::Transaction& transaction, FileId file, const Place& place, Instant at);
/// Newest first, before (created_at, id) when given.
Result<Page> list(store::Reader& reader, SpaceId space, bool trash, std::optional<FileRecord> before,
                  size_t limit);
/// Newest files of these spaces.
Result<std::vector<FileRecord>> recent(store::Reader& reader, const std::vector<SpaceId>& spaces,
                                       size_t limit);
Result<uint64_t> used_bytes(store::Reader& reader, SpaceId space);
Result<bool> set_deleted(store::Transaction& transaction, FileId file, std::optional<Instant> at);
/// Trash older than `trashed_before`, pending files older than `pending_before`.
Result<std::vector<FileRecord>> expired(store::Reader& reader, Instant trashed_before, Instant pending_before,
                                        size_t limit);
Result<void> remove(store::Transaction& transaction, FileId file);

}  // namespace parvis::file_store
