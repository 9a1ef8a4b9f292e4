#include "module/documents/service.h"

#include <algorithm>

#include "base/utf8.h"
#include "module/documents/document_links.h"
#include "module/documents/document_store.h"
#include "module/documents/document_text.h"
#include "module/documents/reasons.h"
#include "module/documents/templates.h"
#include "module/documents/thread_store.h"
#include "store/search_index.h"

namespace parvis {
namespace {

constexpr size_t max_depth = 20;
constexpr size_t max_start_bytes = 16 << 20;
constexpr int client_bits = 53;  // as editors draw theirs

Object object_of(const DocumentRecord& document) { return Object::of_space(document.space, document.author); }

Result<void> publish(store::Transaction& transaction, std::string_view kind, PersonId actor,
                     const DocumentRecord& document, std::string_view rule) {
  auto by = actor.text(), space = document.space.text(), subject = document.id.text();
  TRY(transaction.publish(
      {.kind = kind, .actor = by, .space = space, .subject = subject, .payload = "", .rule = rule}));
  return {};
}

}  // namespace

Result<void> DocumentsService::check_title(std::string_view title) const {
  if (!utf8::valid(title) || title.contains('\0')) return fail(reasons::malformed, "title");
  if (title.size() > max_title_bytes) return fail(document_reasons::title_too_long);
  return {};
}

Result<void> DocumentsService::put_search(store::Transaction& transaction, const DocumentRecord& document,
                                          std::string_view text) {
  auto id = document.id.text(), scope = document.space.text();
  return context_.search.put(transaction, {.kind = "document",
                                           .object = id,
                                           .scope = scope,
                                           .title = document.title,
                                           .text = text,
                                           .at_ms = document.updated_at.ms});
}

/// What the search is to know besides the title; nothing when the content does not load.
Task<std::string> DocumentsService::text_of(DocumentRecord document) {
  auto live = co_await relay_.open(document);
  if (!live) co_return "";
  (*live)->unindexed = true;  // somebody may write before the caller's transaction
  co_return document_text((*live)->doc);
}

Task<Result<DocumentRecord>> DocumentsService::find(DocumentId id) {
  auto found = CO_TRY(co_await context_.database.read(
      [=](store::Reader& reader) { return document_store::find(reader, id); }));
  if (!found) co_return fail(reasons::not_found, "document");
  co_return *found;
}

Task<Result<DocumentRecord>> DocumentsService::readable(Actor actor, std::string_view id) {
  auto parsed = DocumentId::parse(id);
  if (!parsed) co_return fail(reasons::not_found, "document id");
  auto document = CO_TRY(co_await find(*parsed));
  auto allowed = context_.access.require(actor, Action::document_read, object_of(document));
  // Whoever has the id but not the right learns nothing, not even that it exists.
  if (!allowed) co_return fail(reasons::not_found, "document not readable");
  if (document.deleted_at) co_return fail(reasons::not_found, "document in the trash");
  co_return document;
}

Task<Result<std::vector<DocumentRecord>>> DocumentsService::list(Actor actor, SpaceId space, bool trash) {
  CO_TRY(context_.access.require(actor, trash ? Action::document_write : Action::document_read,
                                 Object::of_space(space)));
  co_return co_await context_.database.read(
      [=](store::Reader& reader) { return document_store::list(reader, space, trash); });
}

Task<Result<DocumentRecord>> DocumentsService::create(Actor actor, NewDocument wanted) {
  if (!is_document_template(wanted.template_id)) co_return fail(document_reasons::template_unknown);
  auto* person = context_.people.find(actor.person);
  auto language = person ? parse_language(person->language) : Language::french;
  auto start = CO_TRY(starting_content(document_template(wanted.template_id, language), new_client(),
                                       context_.configuration.public_url));
  co_return co_await create_with(actor, std::move(wanted), std::move(start));
}

uint64_t DocumentsService::new_client() const { return context_.env.random.number() >> (64 - client_bits); }

Result<DocumentsService::Start> DocumentsService::starting_content(const RichNode& root, uint64_t client,
                                                                   std::string_view house) {
  Start start;
  if (root.children.empty()) return start;
  crdt::Doc doc;
  start.updates = TRY(write_rich_text(doc, client, root));
  size_t bytes = 0;
  for (auto& update : start.updates) {
    if (update.size() > Relay::max_update_bytes) return fail(document_reasons::too_large);
    bytes += update.size();
  }
  if (bytes > max_start_bytes || doc.memory() > Relay::max_document_memory)
    return fail(document_reasons::too_large);
  start.text = document_text(doc);
  start.mentioned = mentioned_documents(root, house);
  return start;
}

Task<Result<DocumentRecord>> DocumentsService::create_with(Actor actor, NewDocument wanted, Start start) {
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_write, Object::of_space(wanted.space)));
  CO_TRY(check_title(wanted.title));
  auto now = context_.env.clock.now();
  DocumentRecord document{.id = context_.env.new_id<DocumentId>(),
                          .space = wanted.space,
                          .parent = wanted.parent,
                          .title = std::move(wanted.title),
                          .template_id = std::move(wanted.template_id),
                          .position = now.ms,  // after its siblings
                          .author = actor.person,
                          .created_at = now,
                          .updated_at = now,
                          .updated_by = actor.person,
                          .deleted_at = std::nullopt};
  CO_TRY(co_await check_parent(document, document.parent));
  CO_TRY(co_await context_.database.write([=, this](store::Transaction& transaction) -> Result<void> {
    auto count = TRY(document_store::count(transaction, document.space));
    if (static_cast<size_t>(count) >= max_per_space) return fail(document_reasons::too_many);
    TRY(document_store::insert(transaction, document));
    std::vector<document_store::Update> updates;
    for (auto& update : start.updates)
      updates.push_back({actor.person, now, now, std::make_shared<const Bytes>(update)});
    TRY(document_store::append(transaction, document.id, updates));
    if (start.also) TRY(start.also(transaction));
    TRY(document_links::put(transaction, document.id, start.mentioned));
    TRY(put_search(transaction, document, start.text));
    return publish(transaction, "document.created", actor.person, document, rule->id);
  }));
  context_.events.documents.tell({document.space, {}});
  co_return document;
}

RichNode DocumentsService::passage_content(const Passage& passage) {
  auto block = [](std::string type, std::vector<RichNode> children, crdt::Attributes attributes = {}) {
    return RichNode{.type = std::move(type),
                    .text = {},
                    .attributes = std::move(attributes),
                    .children = std::move(children)};
  };
  auto words = [](const std::string& text) {
    return std::vector{RichNode{.type = "text", .text = text, .attributes = {}, .children = {}}};
  };
  RichNode root{.type = "doc", .text = {}, .attributes = {}, .children = {}};
  root.children.push_back(block("heading", words(passage.heading), {{"level", 2}}));
  if (!passage.line.empty()) root.children.push_back(block("paragraph", words(passage.line)));
  std::vector<RichNode> items;
  for (const auto& item : passage.items)
    items.push_back(block("listItem", {block("paragraph", words(item))}));
  if (!items.empty()) root.children.push_back(block("bulletList", std::move(items)));
  return root;
}

Task<Result<void>> DocumentsService::append(Actor actor, DocumentId id, Passage passage) {
  size_t bytes = passage.heading.size() + passage.line.size();
  for (const auto& item : passage.items) bytes += item.size();
  if (bytes > max_passage_bytes || passage.items.size() > max_passage_items)
    co_return fail(document_reasons::too_large);
  auto document = CO_TRY(co_await readable(actor, id.text()));
  CO_TRY(context_.access.require(actor, Action::document_write, object_of(document)));
  DocumentHold hold(CO_TRY(co_await relay_.open(document)));
  if (hold.live->broken) co_return fail(reasons::unavailable, "document must be opened again", 1000);
  auto write = [state = hold.live->doc.encode_state(crdt::Format::v1), client = new_client(),
                root = passage_content(passage)]() -> Result<std::vector<Bytes>> {
    crdt::Doc copy;
    TRY(copy.apply_update(state, crdt::Format::v1));
    return write_rich_text(copy, client, root);
  };
  auto updates = CO_TRY(co_await context_.env.cpu.run_result(std::move(write)));
  // Rights may have changed meanwhile.
  CO_TRY(context_.access.require(actor, Action::document_write, object_of(document)));
  for (auto& update : updates)
    CO_TRY(co_await relay_.receive_and_wait(hold.live, actor.person, true, std::move(update)));
  co_return Result<void>();
}

/// A parent is in the same space, not in the trash, and not the document itself or below it.
Task<Result<void>> DocumentsService::check_parent(DocumentRecord document, DocumentId parent) {
  for (size_t depth = 0; !parent.empty(); ++depth) {
    auto above = co_await find(parent);
    if (!above || above->space != document.space || above->deleted_at || above->id == document.id ||
        depth >= max_depth)
      co_return fail(document_reasons::parent_refused);
    parent = above->parent;
  }
  co_return Result<void>();
}

Task<Result<DocumentRecord>> DocumentsService::change(Actor actor, DocumentId id, Change change) {
  auto document = CO_TRY(co_await readable(actor, id.text()));
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_write, object_of(document)));
  if (change.title) {
    CO_TRY(check_title(*change.title));
    document.title = std::move(*change.title);
  }
  if (change.parent) {
    CO_TRY(co_await check_parent(document, *change.parent));
    document.parent = *change.parent;
  }
  if (change.position) document.position = *change.position;
  document.updated_at = context_.env.clock.now();
  document.updated_by = actor.person;
  auto text = co_await text_of(document);
  auto* search = &context_.search;
  bool renamed = change.title.has_value();
  CO_TRY(co_await context_.database.write([=, this](store::Transaction& transaction) -> Result<void> {
    TRY(document_store::change(transaction, document));
    TRY(put_search(transaction, document, text));
    if (renamed) TRY(thread_store::put_all_search(*search, transaction, document));
    return publish(transaction, "document.changed", actor.person, document, rule->id);
  }));
  context_.events.documents.tell({document.space, {}});
  co_return document;
}

Task<Result<void>> DocumentsService::set_deleted(Actor actor, DocumentRecord document,
                                                 std::optional<Instant> at) {
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_write, object_of(document)));
  auto* search = &context_.search;
  CO_TRY(co_await context_.database.write([=, this](store::Transaction& transaction) -> Result<void> {
    TRY(document_store::set_deleted(transaction, document.id, at));
    if (at) {
      TRY(search->remove(transaction, "document", document.id.text()));
      TRY(thread_store::remove_all_search(*search, transaction, document.id));
    } else {
      TRY(put_search(transaction, document, ""));
      TRY(thread_store::put_all_search(*search, transaction, document));
    }
    return publish(transaction, at ? "document.deleted" : "document.restored", actor.person, document,
                   rule->id);
  }));
  context_.events.documents.tell({document.space, {}});
  // Nothing opens in the trash: its words reach the search from here on.
  if (!at) (void)co_await text_of(document);
  co_return Result<void>();
}

Task<Result<void>> DocumentsService::move_to_trash(Actor actor, DocumentId id) {
  auto document = CO_TRY(co_await readable(actor, id.text()));
  CO_TRY(co_await set_deleted(actor, document, context_.env.clock.now()));
  relay_.close(id, reasons::not_found);
  co_return Result<void>();
}

Task<Result<DocumentRecord>> DocumentsService::restore(Actor actor, DocumentId id) {
  auto document = CO_TRY(co_await find(id));
  if (!context_.access.may(actor, Action::document_read, object_of(document)).allowed)
    co_return fail(reasons::not_found, "document not readable");
  // Its parent may be in the trash still: then it comes back at the top.
  bool orphan = !(co_await check_parent(document, document.parent)).has_value();
  CO_TRY(co_await set_deleted(actor, document, std::nullopt));
  document.deleted_at.reset();
  if (orphan) co_return co_await change(actor, id, {.parent = DocumentId()});
  co_return document;
}

}  // namespace parvis
