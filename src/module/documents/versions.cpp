#include "module/documents/versions.h"

#include "base/utf8.h"
#include "engine/crdt/update.h"
#include "module/documents/forward_edit.h"
#include "module/documents/reasons.h"
#include "platform/log.h"

namespace parvis {
namespace {

Object object_of(const DocumentRecord& document) { return Object::of_space(document.space, document.author); }

Result<void> publish(store::Transaction& transaction, std::string_view kind, PersonId actor,
                     const DocumentRecord& document, const VersionRecord& version, std::string_view rule) {
  std::string payload;
  json::Writer(payload)
      .begin_object()
      .field("version", version.id.text())
      .field("name", version.name)
      .field("hash", version.hash)
      .end_object();
  auto by = actor.text(), space = document.space.text(), subject = document.id.text();
  TRY(transaction.publish(
      {.kind = kind, .actor = by, .space = space, .subject = subject, .payload = payload, .rule = rule}));
  return {};
}

Result<std::string> checked_name(std::string_view name) {
  if (!utf8::valid(name) || name.contains('\0')) return fail(reasons::malformed, "name of a version");
  auto trimmed = utf8::trim(name);
  if (trimmed.empty() || trimmed.size() > Versions::max_name_bytes)
    return fail(document_reasons::version_name);
  return std::string(trimmed);
}

}  // namespace

Task<Result<std::vector<VersionRecord>>> Versions::list(Actor actor, std::string document) {
  auto found = CO_TRY(co_await service_.readable(actor, document));
  co_return co_await context_.database.read(
      [id = found.id](store::Reader& reader) { return version_store::list(reader, id); });
}

Task<Result<VersionRecord>> Versions::create(Actor actor, std::string document, std::string name,
                                             bool frozen) {
  auto found = CO_TRY(co_await service_.readable(actor, document));
  auto* rule = CO_TRY(context_.access.require(
      actor, frozen ? Action::document_freeze : Action::document_write, object_of(found)));
  auto checked = CO_TRY(checked_name(name));
  auto live = CO_TRY(co_await relay_.open(found));
  if (live->broken) co_return fail(reasons::unavailable, "document must be opened again", 1000);
  auto state = live->doc.encode_state(crdt::Format::v2);
  VersionRecord version{.id = context_.env.new_id<VersionId>(),
                        .document = found.id,
                        .name = std::move(checked),
                        .author = actor.person,
                        .at = context_.env.clock.now(),
                        .frozen = frozen,
                        .hash = {}};
  auto sealed = CO_TRY(co_await context_.env.cpu.run_result(
      [state = std::move(state)] { return version_store::seal(state); }));
  version.hash = sealed.hash;
  version.bytes = sealed.bytes;
  CO_TRY(co_await context_.database.write(
      [=, kept = std::move(sealed.kept)](store::Transaction& transaction) -> Result<void> {
        auto total = TRY(version_store::total(transaction, version.document));
        if (total.count >= max_per_document ||
            total.kept_bytes + static_cast<int64_t>(kept.size()) > max_kept_bytes_per_document)
          return fail(document_reasons::versions_too_many);
        TRY(version_store::insert(transaction, version, kept));
        auto kind = version.frozen ? "document.version_frozen" : "document.version_made";
        return publish(transaction, kind, version.author, found, version, rule->id);
      }));
  if (frozen) live->record.frozen = true;
  context_.events.documents.tell({found.space, {}});
  co_return version;
}

Task<Result<Versions::Content>> Versions::content(Actor actor, std::string document, std::string version) {
  auto found = CO_TRY(co_await service_.readable(actor, document));
  auto id = VersionId::parse(version);
  if (!id) co_return fail(reasons::not_found, "version id");
  auto content = co_await context_.database.read(
      [document = found.id, id = *id](store::Reader& reader) -> Result<Content> {
        auto kept = TRY(version_store::find(reader, document, id));
        if (!kept) return fail(reasons::not_found, "version");
        auto state = TRY(version_store::unseal(kept->kept, kept->record.hash));
        return Content{std::move(kept->record), std::move(state)};
      });
  if (!content && content.error().is(reasons::corrupt))
    log_event(Level::error, "documents.version_corrupt",
              {{"document", found.id.text()}, {"version", id->text()}});
  co_return content;
}

/// Editors draw 32 random bits.
uint64_t Versions::unused_client(const LiveDocument& live) {
  while (true) {
    uint64_t client = context_.env.random.number() & 0xffff'ffff;
    if (live.doc.clock(client) == 0 && !live.writers.contains(client)) return client;
  }
}

Task<Result<Bytes>> Versions::edits_back_to(std::shared_ptr<LiveDocument> live, Bytes target) {
  auto current = live->doc.encode_state(crdt::Format::v2);
  auto client = unused_client(*live);
  co_return co_await context_.env.cpu.run_result([current = std::move(current), target = std::move(target),
                                                  client] { return forward_edit(current, target, client); });
}

Task<Result<void>> Versions::restore(Actor actor, std::string document, std::string version) {
  auto found = CO_TRY(co_await service_.readable(actor, document));
  CO_TRY(context_.access.require(actor, Action::document_write, object_of(found)));
  auto then = CO_TRY(co_await content(actor, document, version));
  DocumentHold hold(CO_TRY(co_await relay_.open(found)));
  if (hold.live->broken) co_return fail(reasons::unavailable, "document must be opened again", 1000);
  auto update = CO_TRY(co_await edits_back_to(hold.live, std::move(then.state)));
  // Rights may have changed meanwhile.
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_write, object_of(found)));
  CO_TRY(
      co_await relay_.receive_and_wait(hold.live, actor.person, true, std::move(update), max_restore_bytes));
  co_return co_await context_.database.write([=](store::Transaction& transaction) {
    return publish(transaction, "document.version_restored", actor.person, found, then.record, rule->id);
  });
}

}  // namespace parvis
