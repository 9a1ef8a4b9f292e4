// Messages, reactions, edits, redactions. A send is idempotent per device and transaction id.
#include "engine/matrix/errors.h"
#include "engine/matrix/redaction.h"
#include "module/chat/access.h"
#include "module/chat/door.h"
#include "module/chat/media.h"
#include "module/chat/policy.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

using http::Response;

Response event_answer(const std::string& event_id) {
  std::string out = "{\"event_id\":\"";
  out += event_id;
  out += "\"}";
  return Response::json(std::move(out));
}

// Where the parent of a relation stands, and whether the relation is one that the room accepts.
Task<Result<int64_t>> settle_relation(Chat& chat, Room& room, const User& sender,
                                      const mx::Relation& relation) {
  auto parent = CO_TRY(co_await find_entry(chat, room, relation.event_id));
  if (!parent) co_return int64_t{0};
  if (relation.kind == mx::RelationKind::thread && !mx::may_be_thread_root(parent->relation))
    co_return fail(mx::errors::bad_json, "a thread starts at an event outside threads");
  if (relation.kind == mx::RelationKind::annotation) {
    bool twice = CO_TRY(co_await chat.context.database.read(
        [number = room.number, position = parent->position, sender = sender.number,
         key = relation.key](store::Reader& reader) {
          return event_store::has_annotation(reader, number, position, sender, key);
        }));
    if (twice) co_return fail(mx::errors::duplicate_annotation);
  }
  if (relation.kind == mx::RelationKind::replace && parent->sender != sender.number)
    co_return fail(mx::errors::power_too_low, "an edit is its author's");
  co_return parent->position;
}

Answer put_send(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  std::string type(request.parameter("event_type"));
  std::string transaction = caller.transaction(request.parameter("txn_id"));
  auto text = CO_TRY(co_await request.read_text(mx::max_event_bytes));
  if (auto* known = chat.timeline.sent_before(*room, *caller.user, transaction)) {
    std::string event_id = *known;
    CO_TRY(co_await chat.log.commit());
    co_return event_answer(event_id);
  }
  if (type == "m.room.redaction") co_return fail(mx::errors::bad_json, "redactions have their own address");
  auto content = CO_TRY(mx::Canonical::parse(text));
  if (!content.is_object()) co_return fail(mx::errors::bad_json, "content is not an object");
  NewEvent event{.type = std::move(type),
                 .sender = caller.user,
                 .content = std::move(content),
                 .transaction = std::move(transaction)};
  if (event.content.text().find("\"m.relates_to\"") != std::string_view::npos)
    event.relation = CO_TRY(mx::check_relation(CO_TRY(mx::parse_object(text, {.max_depth = 100}))));
  CO_TRY(check_send(chat, *room, *caller.user, event.type, event.relation));
  if (!room->live) CO_TRY(co_await chat.rooms.ensure_live(*room));
  if (event.relation.present())
    event.relates_to = CO_TRY(co_await settle_relation(chat, *room, *caller.user, event.relation));
  if (event.content.text().find("mxc://") != std::string_view::npos)
    CO_TRY(co_await attach_media(chat, *room, *caller.user, event.content));
  if (!room->live) CO_TRY(co_await chat.rooms.ensure_live(*room));
  // Membership may have changed while something was awaited.
  CO_TRY(joined_room(chat, room->room_id, *caller.user));
  auto event_id = CO_TRY(chat.timeline.append(*room, std::move(event)));
  CO_TRY(co_await chat.log.commit());
  co_return event_answer(event_id);
}

Answer put_redact(Chat& chat, Caller caller, http::Request& request) {
  Room* room = CO_TRY(joined_room(chat, request.parameter("room_id"), *caller.user));
  std::string transaction = caller.transaction(request.parameter("txn_id"));
  auto body = CO_TRY(co_await body_object(request, true));
  if (auto* known = chat.timeline.sent_before(*room, *caller.user, transaction)) {
    std::string event_id = *known;
    CO_TRY(co_await chat.log.commit());
    co_return event_answer(event_id);
  }
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  std::string target_id(request.parameter("event_id"));
  auto target = CO_TRY(co_await find_entry(chat, *room, target_id));
  if (!target) co_return fail(reasons::not_found, "no such event");
  bool own = target->sender == caller.user->number;
  User& author = chat.users.at(target->sender);
  CO_TRY(require(chat, *room, *caller.user, own ? Action::message_redact_own : Action::message_redact_any,
                 author.person));
  CO_TRY(co_await chat.rooms.ensure_live(*room));
  auto levels = mx::PowerLevels::of(room->version, room->live->state);
  if (!own && levels.user(caller.user->user_id) < levels.redact())
    co_return fail(mx::errors::power_too_low, "redact");
  json::Object content;
  if (auto reason = json::text(body, "reason")) content["reason"] = *reason;
  CO_TRY(joined_room(chat, room->room_id, *caller.user));
  if (mx::has_v11_redactions(room->version)) content["redacts"] = target_id;
  auto event_id = CO_TRY(chat.timeline.append(*room, {.type = "m.room.redaction",
                                                      .sender = caller.user,
                                                      .content = CO_TRY(mx::Canonical::of(content)),
                                                      .redacts = target_id,
                                                      .transaction = std::move(transaction)}));
  CO_TRY(co_await chat.log.commit());
  co_return event_answer(event_id);
}

}  // namespace

void add_send_routes(Door& door) {
  door.v3("PUT", "/rooms/{room_id}/send/{event_type}/{txn_id}", put_send);
  door.v3("PUT", "/rooms/{room_id}/redact/{event_id}/{txn_id}", put_redact);
}

}  // namespace parvis::chat
