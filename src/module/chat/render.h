#pragma once
// Events as clients read them: the cached bytes and what differs per reader (unsigned).
#include "module/chat/chat.h"

namespace parvis::chat {

/// Who reads: `device` shows its own transaction ids.
struct Reader {
  const User* user = nullptr;
  std::string_view device;
};

/// Appends one event.
void append_event(std::string& out, const Chat& chat, const Entry& entry, const Reader& reader,
                  bool with_room_id);
/// Appends a state event of the current state.
void append_state(std::string& out, const mx::StateEvent& state, bool with_room_id);
std::string aggregation_json(const Aggregation& aggregation, const Reader& reader);

/// Separates list items.
class Comma {
 public:
  explicit Comma(std::string& out) : out_(out) {}
  void next() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  bool any() const { return !first_; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace parvis::chat
