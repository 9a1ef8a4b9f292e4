#pragma once
// GET /sync: what a device has not seen. The answer for a live client is cached bytes and a few counters,
// with no database at all; rooms that are not in memory are read together first.
#include "module/chat/door.h"

namespace parvis::chat {

inline constexpr int64_t default_timeline_limit = 10;
inline constexpr int64_t max_timeline_limit = 100;
inline constexpr int64_t max_sync_timeout_ms = 300'000;

struct SyncRequest {
  std::optional<mx::SyncToken> since;
  std::shared_ptr<const mx::Filter> filter;
  bool full_state = false;
  bool state_after = false;           // v1.16
  bool state_after_unstable = false;  // MSC4222's name of the same
  int64_t timeout_ms = 0;
  bool after() const { return state_after || state_after_unstable; }
};

struct SyncAnswer {
  std::string body;
  bool empty = true;  // nothing new: keep waiting
};
Task<Result<SyncAnswer>> build_sync(Chat& chat, Caller caller, const SyncRequest& request);

/// The filter of a query parameter: an id given by POST /filter, or JSON.
Task<Result<std::shared_ptr<const mx::Filter>>> find_filter(Chat& chat, const User& user, std::string text);

}  // namespace parvis::chat
