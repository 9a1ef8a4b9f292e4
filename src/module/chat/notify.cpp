#include "module/chat/notify.h"

#include "core/notifications.h"

namespace parvis::chat {
namespace {

constexpr size_t max_excerpt = 160;

std::string excerpt_of(const Entry& entry) {
  auto content = entry.event.content();
  std::string text(json::text(content, "body").value_or(""));
  if (text.size() <= max_excerpt) return text;
  size_t end = max_excerpt;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

void notify_mention(Chat& chat, Room& room, const Entry& entry, User& user) {
  if (user.person.empty() || entry.event.is_state()) return;
  PersonId person = user.person, actor = chat.users.at(entry.sender).person;
  chat.log.add(
      [&notifications = chat.context.notifications, person, actor, space = room.space,
       subject = entry.event.event_id, text = excerpt_of(entry),
       link = "/messages/" + room.room_id](store::Transaction& transaction) {
        return notifications.add(transaction, {.person = person,
                                               .kind = "mention",
                                               .space = space,
                                               .actor = actor,
                                               .subject = subject,
                                               .text = text,
                                               .link = link});
      },
      [&notifications = chat.context.notifications, person](const Result<void>& outcome) {
        if (outcome) notifications.tell(person);
      });
}

}  // namespace parvis::chat
