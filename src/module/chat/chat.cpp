#include "module/chat/chat.h"

#include "module/chat/access.h"
#include "module/chat/alias.h"
#include "module/chat/bridge.h"
#include "module/chat/indexer.h"
#include "module/chat/key_store.h"
#include "module/chat/keys.h"
#include "module/chat/notify.h"
#include "module/chat/receipts.h"
#include "module/files/api.h"

namespace parvis::chat {
namespace {

constexpr int64_t tick_us = seconds_us(1);
constexpr int64_t flush_every_ticks = 60;

}  // namespace

Chat::Chat(Context& context_, Files& files_)
    : context(context_),
      files(files_),
      log(context.env.loop, context.database),
      users(context, log),
      rooms(context, users),
      counts(log, users, rooms),
      timeline(context, log, users, rooms, counts),
      wakeups(context.env.loop),
      keys(std::make_unique<Keys>(*this)),
      bridge(std::make_unique<Bridge>(*this)),
      indexer(std::make_unique<Indexer>(*this)) {}

Chat::~Chat() {
  if (timer_) context.env.loop.cancel(timer_);
}

Task<Result<void>> Chat::start() {
  auto loaded = CO_TRY(
      co_await context.database.read([](store::Reader& reader) { return event_store::load_all(reader); }));
  users.load(loaded);
  rooms.load(loaded);
  timeline.load(loaded);
  next_receipt = loaded.receipts;
  next_account_data = loaded.account_position;
  next_to_device = loaded.to_device_position;
  next_device_list = loaded.device_list_position;
  for (auto& [number, position] : loaded.device_lists) device_list_changes[position] = number;
  now[mx::Stream::events] = loaded.events;
  now[mx::Stream::receipts] = loaded.receipts;
  now[mx::Stream::account_data] = loaded.account_position;
  now[mx::Stream::to_device] = loaded.to_device_position;
  now[mx::Stream::device_lists] = loaded.device_list_position;
  // Typing lives in memory only: its stream goes on from the clock, so that it never falls back after a
  // restart.
  now[mx::Stream::typing] = clock_now().ms;
  CO_TRY(co_await load_aliases(*this));
  CO_TRY(co_await indexer->load());
  listen();
  CO_TRY(co_await bridge->reconcile_all());
  tick();
  co_return Result<void>{};
}

void Chat::listen() {
  rooms.on_live([this](Room& room) { counts.catch_up(room); });
  timeline.on_committed([this](Room& room, const EntryPtr& entry) {
    now[mx::Stream::events] = entry->position;
    wakeups.wake(room);
  });
  timeline.on_redacted([this](Room&, const std::string& event_id) { indexer->forget(event_id); });
  counts.on_highlight(
      [this](Room& room, const Entry& entry, User& user) { notify_mention(*this, room, entry, user); });
  context.events.session_ended.listen([this](const SessionEnded& ended) {
    User& user = users.of(ended.person);
    wakeups.end(user, ended.session, true);
    lazy_sent.erase(ended.session);
    // A device that signs in again under its id has its new session by the next turn, and keeps its keys.
    context.env.loop.post([this, &user, person = ended.person, device_id = ended.device_id] {
      for (auto& session : context.sessions.of(person))
        if (session->device_id == device_id) return;
      keys->forget(user, device_id);
      log.add([number = user.number, device_id](store::Transaction& transaction) {
        return key_store::forget_device(transaction, number, device_id);
      });
      keys->changed(user);
    });
  });
  context.events.membership.listen([this](const MembershipChanged& change) {
    // The door closes in this turn: a waiting /sync is answered anew, without the rooms that may() now
    // refuses.
    wakeups.wake(users.of(change.person));
  });
  bridge->listen();
  files.decide_conversations_by([this](PersonId person, std::string_view room_id) {
    Room* room = rooms.find(room_id);
    if (!room || !context.people.find(person)) return false;
    return rooms.joined(*room, users.of(person)) &&
           allowed(*this, *room, users.of(person), Action::message_read);
  });
}

void Chat::tick() {
  timer_ = context.env.loop.call_at(context.env.loop.now() + tick_us, [this] {
    timer_ = 0;
    if (stopping) return;
    expire_typing(*this);
    indexer->nudge();
    if (++ticks_ % flush_every_ticks == 0) {
      counts.flush();
      rooms.evict();
    }
    tick();
  });
}

void Chat::release_waiting() {
  stopping = true;
  if (timer_) context.env.loop.cancel(std::exchange(timer_, 0));
  wakeups.end_all(users.all());
}

Task<void> Chat::drain(Monotonic) {
  release_waiting();
  counts.flush();
  (void)co_await log.commit();
}

}  // namespace parvis::chat
