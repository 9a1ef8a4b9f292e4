#pragma once
// The Files of api.h, plus what the Fichiers pages need.
#include "module/files/api.h"
#include "module/files/file_store.h"
#include "module/files/preview.h"
#include "store/search_index.h"

namespace parvis {

class FilesService final : public Files {
 public:
  explicit FilesService(Context& context) : context_(context), previews_(context) {}

  Task<Result<FileRecord>> receive(Actor actor, http::BodyReader& body, std::string name,
                                   std::string type) override;
  Result<void> attach(store::Transaction& transaction, FileId file, PersonId author, SpaceId space,
                      std::string_view room_id) override;
  Task<Result<FileRecord>> find(FileId file) override;
  Result<void> may_read(const Actor& actor, const FileRecord& file) const override;
  void decide_conversations_by(Participates participates) override {
    participates_ = std::move(participates);
  }
  Task<Result<http::Response>> content(const FileRecord& file, http::Request& request,
                                       bool download) override;
  Task<Result<http::Response>> preview(const FileRecord& file, http::Request& request, int pixels) override;

  /// An upload in Fichiers: quota first, then the bytes, then the place.
  Task<Result<FileRecord>> add_to_space(Actor actor, SpaceId space, http::BodyReader& body, std::string name,
                                        std::string type);
  Task<Result<void>> move_to_trash(Actor actor, FileId file);
  Task<Result<FileRecord>> restore(Actor actor, FileId file);
  /// Ends what stayed 30 days in the trash, or was uploaded and never sent within a day.
  Task<Result<size_t>> purge();

  static constexpr int64_t trash_ms = int64_t{30} * 24 * 3'600'000;
  static constexpr int64_t pending_ms = int64_t{24} * 3'600'000;

 private:
  /// Writes place, search text and outbox row.
  Result<void> place(store::Transaction& transaction, const FileRecord& file, const file_store::Place& place);

  Context& context_;
  Previews previews_;
  Participates participates_;
};

/// What `actor` may do with a file, for its entry: "file_delete", "file_restore".
std::vector<std::string_view> acts_on(const Context& context, const Actor& actor, const FileRecord& file);

}  // namespace parvis
