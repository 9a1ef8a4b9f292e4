// The salon of a meeting, for guests: what was written since they came in, and their own words, written by
// the house for them. Only while they are in the meeting, and only if its hosts allow it.
#include "base/utf8.h"
#include "core/secret.h"
#include "module/chat/api.h"
#include "module/meetings/meetings.h"
#include "module/meetings/reasons.h"

namespace parvis {

void Meetings::use_conversations(Conversations& conversations) {
  conversations_ = &conversations;
  conversations.on_message([this](const std::string& room_id) { tell_guests_of_message(room_id); });
}

std::string Meetings::salon_of(const Meeting& meeting) const {
  if (!conversations_) return "";
  if (meeting.origin_kind == "room" && conversations_->is_salon_of(meeting.space, meeting.origin_id))
    return meeting.origin_id;
  return conversations_->first_salon(meeting.space);
}

std::string Meetings::chat_key_of(const std::string& room, const std::string& identity) const {
  return to_base64(hmac_sha256(secret_, "guest chat\n" + room + "\n" + identity), Base64::url_unpadded);
}

Task<Result<Meetings::GuestInside>> Meetings::guest_inside(std::string id, std::string identity,
                                                           std::string chat_key) {
  if (!equal_secret(as_bytes(chat_key_of(id, identity)), as_bytes(chat_key)))
    co_return fail(meeting_reasons::token, "chat key");
  auto meeting = CO_TRY(co_await load(std::move(id)));
  auto room = breakouts_.room_of(meeting.id, identity);
  auto guest = server_->participant(room.value_or(""), identity);
  if (!guest) co_return fail(meeting_reasons::guest_chat, "not inside");
  const Space* space = context_.spaces.find(meeting.space);
  auto salon = meeting.guest_chat && space && space->state == SpaceState::active ? salon_of(meeting) : "";
  if (salon.empty() || !conversations_->is_salon_of(meeting.space, salon))
    co_return fail(meeting_reasons::guest_chat);
  co_return GuestInside{.salon = salon, .name = guest->name, .since = {guest->joined_at_ms}};
}

Task<Result<std::vector<SalonMessage>>> Meetings::guest_messages(std::string id, std::string identity,
                                                                 std::string chat_key) {
  auto inside = CO_TRY(co_await guest_inside(std::move(id), std::move(identity), std::move(chat_key)));
  co_return co_await conversations_->messages_since(inside.salon, inside.since, max_guest_messages);
}

Task<Result<void>> Meetings::guest_write(std::string id, std::string identity, std::string chat_key,
                                         std::string text) {
  auto inside = CO_TRY(co_await guest_inside(std::move(id), std::move(identity), std::move(chat_key)));
  auto words = std::string(utf8::trim(text));
  if (words.empty() || words.size() > max_guest_text_bytes || !utf8::valid(words))
    co_return fail(meeting_reasons::guest_text);
  co_return co_await conversations_->write_for_guest(inside.salon, inside.name, std::move(words));
}

/// Guests fetch what is new when they are told that there is something.
void Meetings::tell_guests_of_message(const std::string& room_id) {
  if (!server_) return;
  for (const auto& [meeting, live] : live_) {
    if (live.guest_salon != room_id) continue;
    std::vector<std::string> guests;
    for (const auto& one : breakouts_.participants(meeting)) {
      if (one.identity.starts_with("g:")) guests.push_back(one.identity);
    }
    if (!guests.empty()) breakouts_.send(meeting, "parvis.chat", "{}", guests);
  }
}

/// Those who write in the salon are told that guests read it, and when that ends.
Task<Result<void>> Meetings::follow_guest_chat(Meeting meeting, bool before) {
  if (meeting.guest_chat == before) co_return Result<void>();
  auto salon = salon_of(meeting);
  breakouts_.send(meeting.id, "parvis.meeting", "{}", {});
  if (auto live = live_.find(meeting.id); live != live_.end())
    live->second.guest_salon = meeting.guest_chat ? salon : "";
  if (salon.empty() || !conversations_->is_salon_of(meeting.space, salon)) co_return Result<void>();
  auto text = meeting.guest_chat
                  ? "Les invités de la visio « " + meeting.name +
                        " » lisent ce salon et y écrivent tant qu’ils sont en réunion."
                  : "Les invités de la visio « " + meeting.name + " » ne lisent plus ce salon.";
  co_return co_await conversations_->write_notice(salon, text);
}

}  // namespace parvis
