#pragma once
// Room state: (type, state_key) → event. Types are interned once for the process; membership has its own
// counts. Lives on the room's thread; entries are immutable and shared.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "engine/matrix/event.h"

namespace parvis::matrix {

/// A state event with its content parsed once.
struct StateEvent {
  Event event;
  json::Value content;
  static std::shared_ptr<const StateEvent> make(Event event);
};
using StateEventPtr = std::shared_ptr<const StateEvent>;

/// What the authorization rules ask of a room. Implemented by RoomState and by test or federation views.
class StateView {
 public:
  virtual ~StateView() = default;
  /// nullptr when absent. The pointer lives as long as the view does not change.
  virtual const StateEvent* find(std::string_view type, std::string_view state_key) const = 0;
};

enum class Membership : uint8_t { none, invite, join, knock, leave, ban };
constexpr size_t membership_count = 6;
Membership parse_membership(std::string_view text);  // none when unknown
std::string_view name_of(Membership membership);
/// From m.room.member in `state`; none when the person was never there.
Membership membership_of(const StateView& state, std::string_view user_id);

class RoomState : public StateView {
 public:
  /// Puts a state event in place; returns what it replaces (nullptr for none). Precondition: is_state().
  StateEventPtr apply(StateEventPtr event);
  /// After a redaction: replaces the entry only if it still is that event.
  void replace_if_current(StateEventPtr redacted);

  const StateEvent* find(std::string_view type, std::string_view state_key) const override;
  StateEventPtr get(std::string_view type, std::string_view state_key) const;

  size_t size() const { return entries_.size(); }
  /// People per membership, e.g. joined members.
  size_t count(Membership membership) const { return counts_[static_cast<size_t>(membership)]; }
  size_t joined_count() const { return count(Membership::join); }

  /// Visits every entry, in no particular order. `visit(const StateEventPtr&)`
  template <class Visit>
  void each(Visit&& visit) const {
    for (const auto& [key, event] : entries_) visit(event);
  }
  /// Visits the entries of one type.
  template <class Visit>
  void each_of(std::string_view type, Visit&& visit) const {
    for (const auto& [key, event] : entries_)
      if (event->event.type == type) visit(event);
  }

 private:
  struct Key {  // views of the entry's own event
    std::string_view type;
    std::string_view state_key;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  std::unordered_map<Key, StateEventPtr, KeyHash> entries_;
  size_t counts_[membership_count] = {};
};

}  // namespace parvis::matrix
