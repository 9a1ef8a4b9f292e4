#pragma once
// Public keys for end-to-end encryption, as much as /sync asks of them at every turn; the operations are in
// keys_routes.
#include "module/chat/chat.h"

namespace parvis::chat {

class Keys {
 public:
  explicit Keys(Chat& chat) : chat_(chat) {}

  /// What /sync tells a device about its own keys.
  struct OfDevice {
    bool uploaded = false;
    std::map<std::string, int64_t> one_time_counts;
    std::set<std::string> unused_fallback;
  };
  /// Loads the person's devices when they are not in memory.
  Task<Result<void>> load(User& user);
  bool loaded(const User& user) const { return devices_.contains(user.number); }
  const OfDevice* find(const User& user, std::string_view device_id) const;
  OfDevice& device(const User& user, std::string_view device_id);
  void forget(const User& user, const std::string& device_id);
  /// Tells everybody who shares a room that the person's devices changed.
  void changed(User& user);

 private:
  Chat& chat_;
  std::unordered_map<UserNumber, std::map<std::string, OfDevice, std::less<>>> devices_;
};

/// Messages waiting for a device: up to `limit` after `after`.
struct ToDeviceBatch {
  std::vector<std::string> events;
  int64_t last = 0;
  bool more = false;
};
Task<Result<ToDeviceBatch>> read_to_device(Chat& chat, User& user, std::string device_id, int64_t after);
/// What the device has seen is dropped.
void drop_to_device(Chat& chat, User& user, std::string device_id, int64_t upto);

}  // namespace parvis::chat
