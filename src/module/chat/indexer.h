#pragma once
// Brings messages to the house's search, a little behind the conversation: it reads the timeline from its own
// cursor in batches, so that a message costs nothing more when it is sent.
#include "module/chat/chat.h"

namespace parvis::chat {

inline constexpr size_t index_batch = 200;
inline constexpr int64_t index_pause_us = 300'000;

class Indexer {
 public:
  explicit Indexer(Chat& chat) : chat_(chat) {}
  Task<Result<void>> load();
  /// Something was said; soon a batch runs.
  void nudge();
  /// A redacted event's text leaves the index with the next batch.
  void forget(const std::string& event_id);
  /// What a reader must be allowed to see: the space, or the conversation.
  static std::string scope_of(const Room& room);

 private:
  Task<void> run();
  Chat& chat_;
  int64_t cursor_ = 0;
  std::vector<std::string> forgotten_;
  bool running_ = false;
};

}  // namespace parvis::chat
