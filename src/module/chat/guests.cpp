// What people without account have of a salon, through the tool that let them in.
#include "base/json.h"
#include "module/chat/conversations.h"
#include "module/chat/reasons.h"

namespace parvis::chat {
namespace {

/// Who wrote, for clients that show it; others show the body, which says it too.
constexpr std::string_view guest_key = "fr.parvis.guest";

bool encrypted(const Room& room) { return room.live && room.live->state.find("m.room.encryption", ""); }

SalonMessage message_of(Chat& chat, const Entry& entry) {
  auto original = entry.event.content();
  // The newest edit says what the message is now.
  const json::Value* edited = nullptr;
  json::Value edit;
  if (entry.aggregation && entry.aggregation->edit) {
    edit = entry.aggregation->edit->event.content();
    edited = json::find(edit, "m.new_content");
  }
  const json::Value& content = edited ? *edited : original;
  SalonMessage out{.event_id = entry.event.event_id, .at = {entry.event.origin_server_ts}};
  out.author = chat.users.display_name(chat.users.at(entry.sender));
  auto kind = json::text(content, "msgtype").value_or("m.text");
  auto body = std::string(json::text(content, "body").value_or(""));
  if (kind == "m.image" || kind == "m.file" || kind == "m.video" || kind == "m.audio") {
    out.file = body;
    if (const auto* info = json::find(content, "info"))
      out.file_bytes = json::integer(*info, "size").value_or(0);
  } else {
    out.text = body;
  }
  const json::Value* guest = json::find(original, guest_key);
  if (guest && entry.sender == chat.users.house().number) {
    out.guest = true;
    out.author = json::text(*guest, "name").value_or("");
    out.text = json::text(*guest, "text").value_or("");
  }
  return out;
}

}  // namespace

std::string ChatConversations::first_salon(SpaceId space) {
  for (const Room* room : chat_.rooms.of_space(space)) {
    if (room->kind == RoomKind::salon) return room->room_id;
  }
  return "";
}

bool ChatConversations::is_salon_of(SpaceId space, const std::string& room_id) {
  const Room* room = chat_.rooms.find(room_id);
  return room && room->kind == RoomKind::salon && room->space == space && !encrypted(*room);
}

Task<Result<void>> ChatConversations::write(std::string room_id, json::Object content) {
  Room* room = chat_.rooms.find(room_id);
  if (!room) co_return fail(reasons::not_found, "salon");
  CO_TRY(co_await chat_.rooms.ensure_live(*room));
  if (encrypted(*room)) co_return fail(reasons::not_found, "encrypted");
  CO_TRY(chat_.timeline.append(*room, {.type = "m.room.message",
                                       .sender = &chat_.users.house(),
                                       .content = CO_TRY(mx::Canonical::of(content))}));
  co_return co_await chat_.log.commit();
}

Task<Result<void>> ChatConversations::write_for_guest(std::string room_id, std::string name,
                                                      std::string text) {
  json::Object guest;
  guest["name"] = name;
  guest["text"] = text;
  json::Object content;
  content["msgtype"] = "m.text";
  content["body"] = name + " (non authentifié) : " + text;
  content[guest_key] = std::move(guest);
  return write(std::move(room_id), std::move(content));
}

Task<Result<void>> ChatConversations::write_notice(std::string room_id, std::string text) {
  json::Object content;
  content["msgtype"] = "m.notice";
  content["body"] = text;
  return write(std::move(room_id), std::move(content));
}

Task<Result<std::vector<SalonMessage>>> ChatConversations::messages_since(std::string room_id, Instant since,
                                                                          size_t limit) {
  std::vector<SalonMessage> out;
  Room* room = chat_.rooms.find(room_id);
  if (!room) co_return out;
  CO_TRY(co_await chat_.rooms.ensure_live(*room, limit));
  if (!room->live || encrypted(*room)) co_return out;
  for (auto at = room->live->ring.rbegin(); at != room->live->ring.rend() && out.size() < limit; ++at) {
    const Entry& entry = **at;
    if (entry.event.origin_server_ts < since.ms) break;
    if (entry.event.type != "m.room.message" || !entry.redacted_because.empty()) continue;
    if (entry.relation.kind == mx::RelationKind::replace) continue;
    out.push_back(message_of(chat_, entry));
  }
  std::reverse(out.begin(), out.end());
  co_return out;
}

void ChatConversations::on_message(std::function<void(const std::string& room_id)> listener) {
  chat_.timeline.on_committed([listener = std::move(listener)](Room& room, const EntryPtr& entry) {
    if (entry->event.type == "m.room.message") listener(room.room_id);
  });
}

}  // namespace parvis::chat
