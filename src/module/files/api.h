#pragma once
// Files: every byte people share, whatever tool brought it. A file belongs to a space, or to a conversation
// outside spaces (a direct message), or for a while to its author alone (uploaded, not yet sent).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "store/blobs.h"

namespace parvis {

struct FileRecord {
  FileId id;
  SpaceId space;        // empty: none
  std::string room_id;  // the Matrix room whose message brought it; "" when added in Fichiers
  PersonId author;
  std::string name, type;  // MIME
  uint64_t size = 0;
  std::string blob;  // hash
  Instant created_at;
  std::optional<Instant> deleted_at;  // in the trash
};

class Files {
 public:
  virtual ~Files() = default;

  /// Limits of one file and of a space.
  static constexpr uint64_t max_file_bytes = uint64_t{2} << 30;
  static constexpr uint64_t space_quota_bytes = uint64_t{50} << 30;

  /// Receives a body into a pending file of its author. `name` is cleaned (no path, no control characters).
  virtual Task<Result<FileRecord>> receive(Actor actor, http::BodyReader& body, std::string name,
                                           std::string type) = 0;
  /// Gives a pending file its place, inside the transaction of the message (or of the upload in Fichiers).
  /// Only its author, once; attaching again to the same place changes nothing.
  virtual Result<void> attach(store::Transaction& transaction, FileId file, PersonId author, SpaceId space,
                              std::string_view room_id) = 0;
  virtual Task<Result<FileRecord>> find(FileId file) = 0;
  /// May this person read the file now? Its space decides, or its conversation, or it is still the author's
  /// alone.
  virtual Result<void> may_read(const Actor& actor, const FileRecord& file) const = 0;
  /// Conversations outside spaces: the chat module says who takes part.
  using Participates = std::function<bool(PersonId person, std::string_view room_id)>;
  virtual void decide_conversations_by(Participates participates) = 0;
  /// The content as a response: ranges, ETag, Content-Disposition (inline only for safe types), nosniff. The
  /// caller decided rights.
  virtual Task<Result<http::Response>> content(const FileRecord& file, http::Request& request,
                                               bool download) = 0;
  /// A lighter picture (longest side <= `pixels`) when the type can be previewed; not_found otherwise.
  virtual Task<Result<http::Response>> preview(const FileRecord& file, http::Request& request,
                                               int pixels) = 0;
};

}  // namespace parvis
