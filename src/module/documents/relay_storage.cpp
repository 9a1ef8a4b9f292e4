// How open documents come from the database and go back: loading, compaction, what the search knows.
#include <algorithm>

#include "module/documents/document_links.h"
#include "module/documents/document_store.h"
#include "module/documents/document_text.h"
#include "module/documents/reasons.h"
#include "module/documents/relay.h"
#include "module/documents/rich_text.h"
#include "platform/log.h"
#include "store/search_index.h"

namespace parvis {
namespace {

struct Loaded {
  DocumentRecord record;
  crdt::Doc doc;
  std::vector<WritingSpell> spells;
  size_t updates = 0, update_bytes = 0;
};

Result<void> apply(crdt::Doc& doc, const document_store::Content& content) {
  if (!content.state.empty()) TRY(doc.apply_update(content.state, crdt::Format::v2));
  for (auto& update : content.updates) {
    auto applied = doc.apply_update(update, crdt::Format::v1);
    if (!applied && !applied.error().is(crdt::reasons::deferred)) return applied;
  }
  return {};
}

/// On a reader thread: documents share nothing.
Result<Loaded> read_document(store::Reader& reader, DocumentId id, crdt::Doc::Options options, Instant now) {
  auto record = TRY(document_store::find(reader, id));
  if (!record || record->deleted_at) return fail(reasons::not_found, "document to load");
  Loaded out{.record = *record, .doc = crdt::Doc(options), .spells = {}};
  auto content = TRY(document_store::load(reader, id));
  auto applied = apply(out.doc, content);
  if (!applied)
    return fail(reasons::corrupt, "document does not load: " + std::string(applied.error().reason->id));
  out.spells = TRY(writing_history::open_spells(reader, id, now));
  out.updates = content.updates.size();
  out.update_bytes = content.update_bytes;
  return out;
}

}  // namespace

Task<Result<std::shared_ptr<LiveDocument>>> Relay::open(DocumentRecord record) {
  if (auto found = documents_.find(record.id); found != documents_.end()) co_return found->second;
  if (auto found = loading_.find(record.id); found != loading_.end()) {
    auto loading = found->second;
    while (!loading->outcome) (void)co_await loading->done.wait(context_.env.loop);
    co_return *loading->outcome;
  }
  auto loading = std::make_shared<Loading>();
  loading_.emplace(record.id, loading);
  loading->outcome = co_await load(record);
  loading_.erase(record.id);
  loading->done.notify_all();
  auto outcome = *loading->outcome;
  if (outcome) {
    documents_.emplace(record.id, *outcome);
    bool is_long = (*outcome)->logged >= compact_open_from_updates ||
                   (*outcome)->logged_bytes >= compact_open_from_bytes;
    if (is_long) spawn(compact(*outcome));
  }
  co_return outcome;
}

Task<Result<std::shared_ptr<LiveDocument>>> Relay::load(DocumentRecord record) {
  crdt::Doc::Options options;
  options.hash_seed = context_.env.random.number();
  auto loaded = co_await context_.database.read(
      [id = record.id, options, now = context_.env.clock.now()](store::Reader& reader) {
        return read_document(reader, id, options, now);
      });
  if (!loaded) {
    if (!loaded.error().is(reasons::not_found)) {
      log_event(Level::error, "documents.load_failed",
                {{"document", record.id.text()},
                 {"reason", loaded.error().reason->id},
                 {"detail", loaded.error().detail}});
    }
    co_return std::unexpected(std::move(loaded).error());
  }
  auto live = std::make_shared<LiveDocument>(loaded->record, std::move(loaded->doc));
  live->logged = loaded->updates;
  live->logged_bytes = loaded->update_bytes;
  live->spells = writing_history::Spells(loaded->spells);
  live->idle_since = context_.env.loop.now();
  co_return live;
}

/// The title is read in the transaction: it may change meanwhile, and a document may go to the trash.
Task<void> Relay::index(std::shared_ptr<LiveDocument> live) {
  live->unindexed = false;
  auto text = document_text(live->doc);
  auto mentioned = mentioned_documents(read_rich_text(live->doc).root, context_.configuration.public_url);
  auto* search = &context_.search;
  auto outcome = co_await context_.database.write([id = live->record.id, text = std::move(text),
                                                   mentioned = std::move(mentioned),
                                                   search](store::Transaction& transaction) -> Result<void> {
    auto document = TRY(document_store::find(transaction, id));
    if (!document || document->deleted_at) return {};
    TRY(document_links::put(transaction, id, mentioned));
    auto object = id.text(), scope = document->space.text();
    return search->put(transaction, {.kind = "document",
                                     .object = object,
                                     .scope = scope,
                                     .title = document->title,
                                     .text = text,
                                     .at_ms = document->updated_at.ms});
  });
  if (outcome) co_return;
  live->unindexed = true;
  log_event(Level::warning, "documents.index_failed",
            {{"document", live->record.id.text()}, {"reason", outcome.error().reason->id}});
}

Task<void> Relay::index_changed() {
  std::vector<std::shared_ptr<LiveDocument>> changed;
  for (auto& [id, live] : documents_)
    if (live->unindexed && !live->broken) changed.push_back(live);
  for (auto& live : changed) co_await index(live);
}

void Relay::sweep() {
  spawn(index_changed());
  Monotonic now = context_.env.loop.now();
  std::vector<std::shared_ptr<LiveDocument>> long_logs;
  for (auto at = documents_.begin(); at != documents_.end();) {
    auto live = at->second;
    bool busy = !live->seats.empty() || live->holds > 0 || live->pending_writes > 0 || live->unindexed;
    bool stays = busy || now - live->idle_since < idle_us;
    if (live->logged >= (stays ? compact_open_from_updates : compact_from_updates)) long_logs.push_back(live);
    at = stays ? std::next(at) : documents_.erase(at);
  }
  for (auto& live : long_logs)
    if (!live->compacting) spawn(compact(live));
}

/// The state is taken in the turn in which the position is asked for, and writes keep their order: the state
/// holds the log up to there, whatever is appended while it is compressed. A crash leaves the log or the
/// state that replaced it.
Task<void> Relay::compact(std::shared_ptr<LiveDocument> live) {
  live->compacting = true;
  ++compactions_;
  size_t updates = live->logged, bytes = live->logged_bytes;
  auto outcome = co_await compact_log(live);
  live->compacting = false;
  --compactions_;
  if (outcome) {
    live->logged -= updates;
    live->logged_bytes -= bytes;
    co_return;
  }
  log_event(Level::warning, "documents.compaction_failed",
            {{"document", live->record.id.text()}, {"reason", outcome.error().reason->id}});
}

Task<Result<void>> Relay::compact_log(std::shared_ptr<LiveDocument> live) {
  auto id = live->record.id;
  end_beat(*live);
  auto state = live->doc.encode_state(crdt::Format::v2);
  auto position = CO_TRY(co_await context_.database.write(
      [id](store::Transaction& transaction) { return document_store::last_position(transaction, id); }));
  // An append that failed: memory holds what the log does not.
  if (live->broken) co_return fail(reasons::unavailable, "document must be opened again");
  auto packed = CO_TRY(co_await context_.env.cpu.run_result(
      [state = std::move(state)] { return document_store::pack_state(state); }));
  co_return co_await context_.database.write(
      [id, position, packed = std::move(packed)](store::Transaction& transaction) {
        return document_store::compact(transaction, id, position, packed);
      });
}

Task<void> Relay::flush() {
  constexpr int64_t look_every_us = millis_us(5);
  auto writing = [](auto& one) { return one.second->pending_writes > 0; };
  while (compactions_ > 0 || std::ranges::any_of(documents_, writing))
    co_await context_.env.loop.sleep_for_us(look_every_us);
}

}  // namespace parvis
