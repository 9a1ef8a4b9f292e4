#pragma once
// The chat: its parts, built in this order, and the streams that belong to nobody else. See README.md.
#include <memory>
#include <unordered_map>

#include "core/context.h"
#include "engine/matrix/filter.h"
#include "module/chat/counts.h"
#include "module/chat/log.h"
#include "module/chat/rooms.h"
#include "module/chat/timeline.h"
#include "module/chat/users.h"
#include "module/chat/wait.h"

namespace parvis {
class Files;
}

namespace parvis::chat {

class Bridge;
class Indexer;
class Keys;

/// Lazily loaded members already sent to a device: (room, user) pairs; cleared by its initial sync.
struct LazySent {
  std::set<std::pair<RoomNumber, UserNumber>> sent;
  static constexpr size_t max_pairs = 20'000;
};

class Chat {
 public:
  Chat(Context& context, Files& files);
  ~Chat();

  Context& context;
  Files& files;
  Log log;
  Users users;
  Rooms rooms;
  Counts counts;
  Timeline timeline;
  Wakeups wakeups;
  std::unique_ptr<Keys> keys;
  std::unique_ptr<Bridge> bridge;
  std::unique_ptr<Indexer> indexer;

  /// Everything that can be delivered now.
  mx::SyncToken now;
  std::map<int64_t, UserNumber> device_list_changes;  // newest change of each person, by position
  std::unordered_map<SessionId, LazySent> lazy_sent;
  std::unordered_map<std::string, std::shared_ptr<const mx::Filter>> filters;
  std::unordered_map<std::string, Room*> aliases;
  int64_t next_account_data = 0;
  int64_t next_receipt = 0;
  int64_t next_to_device = 0;
  int64_t next_device_list = 0;
  std::unordered_map<std::string, int64_t> to_device_dropped;  // "user|device" → position
  std::set<std::string> to_device_transactions;
  std::set<Room*> typing_rooms;  // somebody types there
  bool stopping = false;

  Task<Result<void>> start();
  void release_waiting();
  Task<void> drain(Monotonic deadline);
  Instant clock_now() const { return context.env.clock.now(); }
  const std::string& server_name() const { return context.configuration.server_name; }

 private:
  void listen();
  void tick();
  TimerId timer_ = 0;
  int64_t ticks_ = 0;
};

}  // namespace parvis::chat
