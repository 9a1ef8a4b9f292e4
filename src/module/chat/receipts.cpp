#include "module/chat/receipts.h"

#include "engine/matrix/errors.h"
#include "module/chat/access.h"

namespace parvis::chat {

Task<Result<void>> put_receipt(Chat& chat, Room& room, User& user, std::string type, std::string thread,
                               std::string event_id) {
  CO_TRY(co_await chat.rooms.ensure_live(room));
  auto entry = CO_TRY(co_await find_entry(chat, room, event_id));
  if (!entry) co_return fail(reasons::not_found, "no such event");
  CO_TRY(co_await chat.rooms.ensure_live(room));
  Receipt* known = nullptr;
  for (auto& receipt : room.live->receipts)
    if (receipt.user == user.number && receipt.type == type && receipt.thread == thread) known = &receipt;
  if (known && known->event_position >= entry->position) co_return Result<void>{};  // never backwards
  Receipt receipt{user.number,        type, thread, event_id, entry->position, chat.clock_now().ms,
                  ++chat.next_receipt};
  if (known)
    *known = receipt;
  else
    room.live->receipts.push_back(receipt);
  room.receipts_position = receipt.position;
  chat.now[mx::Stream::receipts] = receipt.position;
  if (Member* member = chat.rooms.member(room, user)) chat.counts.read(*member, thread, entry->position);
  // Not awaited: a receipt lost in a power cut is sent again with the next one.
  chat.log.add([number = room.number, receipt](store::Transaction& transaction) {
    return event_store::put_receipt(transaction, number, receipt);
  });
  if (type == "m.read.private")
    chat.wakeups.wake(user);
  else
    chat.wakeups.wake(room);
  co_return Result<void>{};
}

void set_typing(Chat& chat, Room& room, User& user, bool typing, int64_t for_ms) {
  auto found = std::find_if(room.typing.begin(), room.typing.end(),
                            [&](auto& one) { return one.user == user.number; });
  Monotonic until =
      chat.context.env.loop.now() + millis_us(std::clamp<int64_t>(for_ms, 1'000, max_typing_ms));
  if (typing && found != room.typing.end()) {
    found->until = until;  // still typing: nobody needs to be told again
    return;
  }
  if (!typing && found == room.typing.end()) return;
  if (typing) {
    if (room.typing.empty()) chat.typing_rooms.insert(&room);
    room.typing.push_back({user.number, until});
  } else {
    room.typing.erase(found);
  }
  room.typing_position = ++chat.now[mx::Stream::typing];
  chat.wakeups.wake(room);
}

void expire_typing(Chat& chat) {
  Monotonic now = chat.context.env.loop.now();
  for (auto it = chat.typing_rooms.begin(); it != chat.typing_rooms.end();) {
    Room& room = **it;
    if (std::erase_if(room.typing, [&](const Typing& one) { return one.until <= now; })) {
      room.typing_position = ++chat.now[mx::Stream::typing];
      chat.wakeups.wake(room);
    }
    it = room.typing.empty() ? chat.typing_rooms.erase(it) : std::next(it);
  }
}

}  // namespace parvis::chat
