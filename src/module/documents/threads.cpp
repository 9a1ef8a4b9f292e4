#include "module/documents/threads.h"

#include <algorithm>

#include "base/utf8.h"
#include "core/notifications.h"
#include "engine/crdt/relative_position.h"
#include "module/documents/mentions.h"
#include "module/documents/reasons.h"

namespace parvis {
namespace {

Object object_of(const DocumentRecord& document) { return Object::of_space(document.space, document.author); }

/// The anchor as it is kept: the bytes that came, when they are a relative position.
Result<std::string> checked_anchor(std::string_view text) {
  Bytes bytes;
  if (text.empty()) return fail(reasons::missing_field, "anchor");
  if (text.size() > Threads::max_anchor_bytes || !from_base64(text, Base64::standard_padded, bytes))
    return fail(reasons::malformed, "anchor");
  if (!crdt::RelativePosition::decode(bytes)) return fail(reasons::malformed, "anchor");
  return to_base64(bytes, Base64::standard_padded);
}

Result<void> check_quoted(std::string_view text, size_t most, std::string_view field) {
  if (!utf8::valid(text) || text.contains('\0')) return fail(reasons::malformed, std::string(field));
  if (text.size() > most) return fail(document_reasons::comment_too_long, std::string(field));
  return {};
}

}  // namespace

Result<std::string> Threads::checked_text(std::string text, std::string_view field) const {
  TRY(check_quoted(text, max_text_bytes, field));
  auto trimmed = with_known_names(utf8::trim(text), context_.people);
  if (trimmed.size() > max_text_bytes) return fail(document_reasons::comment_too_long, std::string(field));
  if (mentioned_people(trimmed).size() > max_mentions) return fail(document_reasons::comment_crowded);
  return trimmed;
}

Task<Result<Threads::Found>> Threads::find(Actor actor, std::string thread) {
  auto id = ThreadId::parse(thread);
  if (!id) co_return fail(reasons::not_found, "thread id");
  auto found = CO_TRY(co_await context_.database.read(
      [id = *id](store::Reader& reader) { return thread_store::find(reader, id); }));
  if (!found) co_return fail(reasons::not_found, "thread");
  auto document = CO_TRY(co_await documents_.readable(actor, found->document.text()));
  co_return Found{std::move(document), std::move(*found)};
}

/// Somebody is told once, of the most pressing reason, and never of what they may not read or did themselves.
void Threads::also(std::vector<Told>& told, Actor actor, const DocumentRecord& document, PersonId person,
                   std::string_view kind) const {
  if (person == actor.person) return;
  if (std::ranges::any_of(told, [&](auto& one) { return one.person == person; })) return;
  const Person* known = context_.people.find(person);
  if (!known || known->state != PersonState::active) return;
  if (!context_.access.may({person, false}, Action::document_read, object_of(document)).allowed) return;
  told.push_back({person, kind});
}

std::vector<Threads::Told> Threads::mentioned(Actor actor, const DocumentRecord& document,
                                              std::string_view text) const {
  std::vector<Told> told;
  for (auto& person : mentioned_people(text)) also(told, actor, document, person, "document_mention");
  return told;
}

Result<void> Threads::record(store::Transaction& transaction, std::string_view kind, Actor actor,
                             const Rule& rule, const DocumentRecord& document, const DocumentThread& thread) {
  auto by = actor.person.text(), space = document.space.text(), subject = document.id.text();
  TRY(transaction.publish({.kind = kind,
                           .actor = by,
                           .space = space,
                           .subject = subject,
                           .payload = R"({"thread":")" + thread.id.text() + "\"}",
                           .rule = rule.id}));
  return {};
}

Result<void> Threads::notify(store::Transaction& transaction, const std::vector<Told>& told, Actor actor,
                             const DocumentRecord& document, const DocumentThread& thread,
                             std::string_view text) const {
  std::string shown = document.title;
  if (!text.empty()) shown += " · " + plain_comment(text);
  std::string link = "/d/" + document.id.text() + "?fil=" + thread.id.text();
  for (auto& one : told)
    TRY(context_.notifications.add(transaction, {.person = one.person,
                                                 .kind = one.kind,
                                                 .space = document.space,
                                                 .actor = actor.person,
                                                 .subject = thread.id.text(),
                                                 .text = shown,
                                                 .link = link}));
  return {};
}

void Threads::tell(const DocumentRecord& document, const std::vector<Told>& told) const {
  context_.events.documents.tell({document.space, document.id.text()});
  for (auto& one : told) context_.notifications.tell(one.person);
}

Task<Result<std::vector<DocumentThread>>> Threads::list(Actor actor, std::string document) {
  auto found = CO_TRY(co_await documents_.readable(actor, document));
  co_return co_await context_.database.read(
      [id = found.id](store::Reader& reader) { return thread_store::list(reader, id); });
}

Task<Result<DocumentThread>> Threads::create(Actor actor, std::string id, New wanted) {
  auto document = CO_TRY(co_await documents_.readable(actor, id));
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_comment, object_of(document)));
  DocumentThread thread{.id = context_.env.new_id<ThreadId>(),
                        .document = document.id,
                        .author = actor.person,
                        .at = context_.env.clock.now(),
                        .anchor_start = CO_TRY(checked_anchor(wanted.anchor_start)),
                        .anchor_end = CO_TRY(checked_anchor(wanted.anchor_end)),
                        .quote = std::move(wanted.quote),
                        .text = CO_TRY(checked_text(std::move(wanted.text), "text")),
                        .replacement = std::move(wanted.replacement),
                        .accepted = std::nullopt,
                        .replies = {}};
  CO_TRY(check_quoted(thread.quote, max_quote_bytes, "quote"));
  if (thread.replacement) {
    CO_TRY(check_quoted(*thread.replacement, max_text_bytes, "suggestion"));
  } else if (thread.text.empty()) {
    co_return fail(reasons::missing_field, "text");
  }
  auto told = mentioned(actor, document, thread.text);
  also(told, actor, document, document.author,
       thread.replacement ? "document_suggestion" : "document_comment");
  auto* search = &context_.search;
  CO_TRY(co_await context_.database.write([=, this](store::Transaction& transaction) -> Result<void> {
    auto count = TRY(thread_store::count(transaction, document.id));
    if (static_cast<size_t>(count) >= max_threads) return fail(document_reasons::threads_too_many);
    TRY(thread_store::insert(transaction, thread));
    TRY(thread_store::put_search(*search, transaction, document, thread));
    TRY(notify(transaction, told, actor, document, thread, thread.text.empty() ? thread.quote : thread.text));
    return record(transaction, "document.thread_opened", actor, *rule, document, thread);
  }));
  tell(document, told);
  co_return thread;
}

Task<Result<DocumentThread>> Threads::reply(Actor actor, std::string id, std::string text) {
  auto found = CO_TRY(co_await find(actor, std::move(id)));
  auto& document = found.document;
  auto& thread = found.thread;
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_comment, object_of(document)));
  ThreadReply reply{context_.env.new_id<ReplyId>(), actor.person, context_.env.clock.now(),
                    CO_TRY(checked_text(std::move(text), "text"))};
  if (reply.text.empty()) co_return fail(reasons::missing_field, "text");
  auto told = mentioned(actor, document, reply.text);
  also(told, actor, document, thread.author, "document_reply");
  for (auto& earlier : thread.replies) also(told, actor, document, earlier.author, "document_reply");
  auto* search = &context_.search;
  auto write = [=, this, kept = thread.id](store::Transaction& transaction) -> Result<void> {
    // Read again: others may have replied, or the thread may be gone.
    auto now = TRY(thread_store::find(transaction, kept));
    if (!now) return fail(reasons::not_found, "thread");
    auto count = TRY(thread_store::count_replies(transaction, document.id));
    if (static_cast<size_t>(count) >= max_replies) return fail(document_reasons::threads_too_many);
    TRY(thread_store::insert_reply(transaction, *now, reply));
    now->replies.push_back(reply);
    TRY(thread_store::put_search(*search, transaction, document, *now));
    TRY(notify(transaction, told, actor, document, *now, reply.text));
    return record(transaction, "document.thread_replied", actor, *rule, document, *now);
  };
  CO_TRY(co_await context_.database.write(std::move(write)));
  tell(document, told);
  thread.replies.push_back(std::move(reply));
  co_return std::move(thread);
}

Task<Result<DocumentThread>> Threads::change(Actor actor, std::string id, Change change) {
  auto found = CO_TRY(co_await find(actor, std::move(id)));
  auto& document = found.document;
  auto& thread = found.thread;
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_comment, object_of(document)));
  bool mine = thread.author == actor.person;
  if (change.accepted || !mine)
    rule = CO_TRY(context_.access.require(actor, Action::document_write, object_of(document)));
  if (change.accepted && !thread.replacement) co_return fail(document_reasons::not_a_suggestion);
  std::vector<Told> told;
  std::string_view kind = "document.thread_resolved";
  if (change.accepted) {
    kind = *change.accepted ? "document.suggestion_accepted" : "document.suggestion_refused";
    also(told, actor, document, thread.author,
         *change.accepted ? "document_suggestion_accepted" : "document_suggestion_refused");
  } else if (!change.resolved.value_or(true)) {
    kind = "document.thread_reopened";
  }
  auto write = [=, this](store::Transaction& transaction) -> Result<void> {
    if (change.accepted) {
      if (!TRY(thread_store::decide(transaction, thread.id, *change.accepted)))
        return fail(document_reasons::suggestion_decided);
    } else {
      TRY(thread_store::set_resolved(transaction, thread.id, *change.resolved));
    }
    TRY(notify(transaction, told, actor, document, thread, thread.text.empty() ? thread.quote : thread.text));
    return record(transaction, kind, actor, *rule, document, thread);
  };
  if (!change.accepted && !change.resolved) co_return fail(reasons::missing_field, "resolved");
  CO_TRY(co_await context_.database.write(std::move(write)));
  tell(document, told);
  auto again = CO_TRY(co_await find(actor, thread.id.text()));
  co_return std::move(again.thread);
}

Task<Result<void>> Threads::remove(Actor actor, std::string id) {
  auto found = CO_TRY(co_await find(actor, std::move(id)));
  auto& document = found.document;
  auto& thread = found.thread;
  auto* rule = CO_TRY(context_.access.require(actor, Action::document_comment, object_of(document)));
  if (thread.author != actor.person) co_return fail(reasons::forbidden, "somebody else's thread");
  auto* search = &context_.search;
  auto write = [=, this, kept = thread.id](store::Transaction& transaction) -> Result<void> {
    auto now = TRY(thread_store::find(transaction, kept));
    if (!now) return fail(reasons::not_found, "thread");
    // The words of others are not one's own to take away.
    if (std::ranges::any_of(now->replies, [&](auto& reply) { return reply.author != actor.person; }))
      return fail(document_reasons::thread_answered);
    TRY(thread_store::remove(transaction, kept));
    TRY(thread_store::remove_search(*search, transaction, *now));
    return record(transaction, "document.thread_deleted", actor, *rule, document, *now);
  };
  CO_TRY(co_await context_.database.write(std::move(write)));
  tell(document, {});
  co_return Result<void>();
}

}  // namespace parvis
