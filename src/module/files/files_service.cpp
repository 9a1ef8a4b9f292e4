#include "module/files/files_service.h"

#include "core/http/file_response.h"
#include "module/files/file_name.h"
#include "module/files/reasons.h"
#include "proto/mime.h"

namespace parvis {
namespace {

constexpr size_t chunk_bytes = 256 << 10;
constexpr size_t purge_batch = 200;

}  // namespace

Task<Result<FileRecord>> FilesService::receive(Actor actor, http::BodyReader& body, std::string name,
                                               std::string type) {
  if (body.content_length().value_or(0) > max_file_bytes) co_return fail(file_reasons::too_large);
  auto upload = CO_TRY(co_await context_.blobs.begin());
  Bytes start;
  Bytes buffer(chunk_bytes);
  while (size_t count = CO_TRY(co_await body.read(buffer))) {
    if (upload->size() + count > max_file_bytes) co_return fail(file_reasons::too_large);
    Bytes chunk(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(count));
    if (start.size() < 512) start.insert(start.end(), chunk.begin(), chunk.end());
    CO_TRY(co_await upload->write(std::move(chunk)));
  }
  auto stored = CO_TRY(co_await upload->finish());
  FileRecord file{.id = context_.env.new_id<FileId>(),
                  .author = actor.person,
                  .name = clean_file_name(name),
                  .size = stored.size,
                  .blob = stored.hash,
                  .created_at = context_.env.clock.now()};
  // The content's word counts more than the sender's; encrypted attachments are bytes without a type.
  auto trusted = proto::trusted_mime_type(file.name, start);
  file.type = trusted.empty() || trusted == "application/octet-stream"
                  ? (proto::safe_inline(type) ? "application/octet-stream"
                                              : std::string(proto::parse_media_type(type).essence))
                  : std::string(trusted);
  if (file.type.empty()) file.type = "application/octet-stream";
  auto* blobs = &context_.blobs;
  CO_TRY(co_await context_.database.write([=](store::Transaction& transaction) -> Result<void> {
    TRY(blobs->retain(transaction, stored));
    return file_store::insert(transaction, file);
  }));
  co_return file;
}

Result<void> FilesService::place(store::Transaction& transaction, const FileRecord& file,
                                 const file_store::Place& place) {
  if (!place.space.empty()) {
    auto used = TRY(file_store::used_bytes(transaction, place.space));
    if (used + file.size > space_quota_bytes) return fail(file_reasons::quota);
  }
  if (!TRY(file_store::attach(transaction, file.id, place, context_.env.clock.now()))) return {};
  auto space = place.space.empty() ? std::string() : place.space.text();
  auto id = file.id.text(), author = file.author.text();
  auto scope = space.empty() ? "room:" + place.room_id : space;
  TRY(context_.search.put(transaction, {.kind = "file",
                                        .object = id,
                                        .scope = scope,
                                        .title = file.name,
                                        .text = "",
                                        .at_ms = file.created_at.ms}));
  TRY(transaction.publish(
      {.kind = "file.added", .actor = author, .space = space, .subject = id, .payload = "", .rule = ""}));
  return {};
}

Result<void> FilesService::attach(store::Transaction& transaction, FileId id, PersonId author, SpaceId space,
                                  std::string_view room_id) {
  auto file = TRY(file_store::find(transaction, id));
  if (!file) return fail(reasons::not_found, "file to attach");
  bool placed = !file->space.empty() || !file->room_id.empty();
  // Quoting a file that already has its place is not a move: its rights stay those of that place.
  if (placed || file->author != author) return {};
  return place(transaction, *file, {space, std::string(room_id)});
}

Task<Result<FileRecord>> FilesService::find(FileId id) {
  auto file = CO_TRY(
      co_await context_.database.read([=](store::Reader& reader) { return file_store::find(reader, id); }));
  if (!file) co_return fail(reasons::not_found, "file");
  co_return *file;
}

Result<void> FilesService::may_read(const Actor& actor, const FileRecord& file) const {
  if (!file.space.empty()) {
    auto object = Object::of_space(file.space, file.author);
    TRY(context_.access.require(actor, Action::file_read, object));
    if (!file.deleted_at) return {};
    bool keeps =
        context_.access.may(actor, Action::file_restore, object).allowed || file.author == actor.person;
    return keeps ? Result<void>() : fail(reasons::not_found, "file in the trash");
  }
  if (file.deleted_at && file.author != actor.person) return fail(reasons::not_found, "file in the trash");
  if (file.author == actor.person) return {};
  bool participant = !file.room_id.empty() && participates_ && participates_(actor.person, file.room_id);
  TRY(context_.access.require(actor, Action::file_read, Object::of_direct(participant, file.author)));
  return {};
}

Task<Result<http::Response>> FilesService::content(const FileRecord& file, http::Request& request,
                                                   bool download) {
  http::ServedFile served{.file = CO_TRY(co_await context_.blobs.open(file.blob)),
                          .size = file.size,
                          .etag = "\"" + file.blob.substr(0, 32) + "\"",
                          .modified = file.created_at,
                          .content_type = file.type,
                          .name = file.name,
                          .inline_wanted = !download,
                          .cache_control = "private, max-age=31536000, immutable"};
  co_return http::file_response(context_.env, request, std::move(served));
}

Task<Result<http::Response>> FilesService::preview(const FileRecord& file, http::Request& request,
                                                   int pixels) {
  auto made = CO_TRY(co_await previews_.get(file, pixels));
  http::ServedFile served{.file = CO_TRY(co_await context_.blobs.open(made.hash)),
                          .size = made.size,
                          .etag = "\"" + made.hash.substr(0, 32) + "\"",
                          .modified = std::nullopt,
                          .content_type = "image/webp",
                          .name = "",
                          .inline_wanted = true,
                          .cache_control = "private, max-age=31536000, immutable"};
  co_return http::file_response(context_.env, request, std::move(served));
}

Task<Result<FileRecord>> FilesService::add_to_space(Actor actor, SpaceId space, http::BodyReader& body,
                                                    std::string name, std::string type) {
  CO_TRY(context_.access.require(actor, Action::file_add, Object::of_space(space)));
  uint64_t announced = body.content_length().value_or(0);
  auto used = CO_TRY(co_await context_.database.read(
      [=](store::Reader& reader) { return file_store::used_bytes(reader, space); }));
  if (used + announced > space_quota_bytes) co_return fail(file_reasons::quota);
  auto file = CO_TRY(co_await receive(actor, body, std::move(name), std::move(type)));
  // Membership may have changed while the bytes came in.
  CO_TRY(context_.access.require(actor, Action::file_add, Object::of_space(space)));
  CO_TRY(co_await context_.database.write([this, file, space](store::Transaction& transaction) {
    return place(transaction, file, {space, ""});
  }));
  file.space = space;
  co_return file;
}

Task<Result<void>> FilesService::move_to_trash(Actor actor, FileId id) {
  auto file = CO_TRY(co_await find(id));
  CO_TRY(may_read(actor, file));
  auto object =
      file.space.empty() ? Object::of_direct(true, file.author) : Object::of_space(file.space, file.author);
  auto any = context_.access.may(actor, Action::file_delete_any, object);
  auto* rule =
      any.allowed ? any.rule : CO_TRY(context_.access.require(actor, Action::file_delete_own, object));
  auto now = context_.env.clock.now();
  auto* search = &context_.search;
  CO_TRY(co_await context_.database.write([=](store::Transaction& transaction) -> Result<void> {
    TRY(file_store::set_deleted(transaction, id, now));
    TRY(search->remove(transaction, "file", id.text()));
    auto actor_text = actor.person.text(), subject = id.text();
    auto space = file.space.empty() ? std::string() : file.space.text();
    TRY(transaction.publish({.kind = "file.deleted",
                             .actor = actor_text,
                             .space = space,
                             .subject = subject,
                             .payload = "",
                             .rule = rule->id}));
    return {};
  }));
  co_return Result<void>();
}

Task<Result<FileRecord>> FilesService::restore(Actor actor, FileId id) {
  auto file = CO_TRY(co_await find(id));
  CO_TRY(may_read(actor, file));
  auto object = Object::of_space(file.space, file.author);
  bool own =
      file.author == actor.person && context_.access.may(actor, Action::file_delete_own, object).allowed;
  if (!own) CO_TRY(context_.access.require(actor, Action::file_restore, object));
  if (!file.deleted_at) co_return file;
  auto* search = &context_.search;
  CO_TRY(co_await context_.database.write([=](store::Transaction& transaction) -> Result<void> {
    TRY(file_store::set_deleted(transaction, id, std::nullopt));
    auto subject = id.text(), space = file.space.text(), actor_text = actor.person.text();
    TRY(search->put(transaction, {.kind = "file",
                                  .object = subject,
                                  .scope = space,
                                  .title = file.name,
                                  .text = "",
                                  .at_ms = file.created_at.ms}));
    TRY(transaction.publish({.kind = "file.restored",
                             .actor = actor_text,
                             .space = space,
                             .subject = subject,
                             .payload = "",
                             .rule = ""}));
    return {};
  }));
  file.deleted_at.reset();
  co_return file;
}

Task<Result<size_t>> FilesService::purge() {
  auto now = context_.env.clock.now();
  auto* blobs = &context_.blobs;
  co_return co_await context_.database.write([=, this](store::Transaction& transaction) -> Result<size_t> {
    auto files = TRY(file_store::expired(transaction, now + -trash_ms, now + -pending_ms, purge_batch));
    for (const auto& file : files) {
      TRY(file_store::remove(transaction, file.id));
      TRY(previews_.forget(transaction, file.blob));
      TRY(blobs->release(transaction, file.blob));
    }
    return files.size();
  });
}

std::vector<std::string_view> acts_on(const Context& context, const Actor& actor, const FileRecord& file) {
  auto object = Object::of_space(file.space, file.author);
  bool deletes = context.access.may(actor, Action::file_delete_any, object).allowed ||
                 context.access.may(actor, Action::file_delete_own, object).allowed;
  std::vector<std::string_view> out;
  if (!file.deleted_at && deletes) out.push_back("file_delete");
  if (file.deleted_at && (deletes || context.access.may(actor, Action::file_restore, object).allowed))
    out.push_back("file_restore");
  return out;
}

}  // namespace parvis
