#pragma once
// Filters (client-server API, "Filtering"): parsed once, matched against many events.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace parvis::matrix {

inline constexpr size_t max_filter_entries = 1024;  // per list
inline constexpr int64_t max_filter_limit = 1000;
inline constexpr size_t max_filter_bytes = 65'536;

/// A list of patterns in which '*' stands for any run of characters.
bool type_matches(std::string_view pattern, std::string_view type);

/// What a filter looks at.
struct FilterEvent {
  std::string_view type;
  std::string_view sender;
  std::string_view room_id;
  bool has_url = false;  // content.url is a string
  /// Relations pointing at this event, for related_by_*: visit with relation type and sender.
  struct RelatedBy {
    std::string_view rel_type;
    std::string_view sender;
  };
  const std::vector<RelatedBy>* related_by = nullptr;
};

/// EventFilter and RoomEventFilter in one; absent lists match everything, empty `types` matches nothing.
struct EventFilter {
  std::optional<std::vector<std::string>> types, senders, rooms;
  std::vector<std::string> not_types, not_senders, not_rooms;
  std::optional<bool> contains_url;
  std::vector<std::string> related_by_senders, related_by_rel_types;
  std::optional<int64_t> limit;  // 1..max_filter_limit
  bool lazy_load_members = false;
  bool include_redundant_members = false;
  bool unread_thread_notifications = false;

  bool matches(const FilterEvent& event) const;
  bool matches_room(std::string_view room_id) const;
  /// True when matches() is true for every event: the fast path of /sync.
  bool accepts_everything() const;
};

struct Filter {
  std::vector<std::string> event_fields;  // dot-separated paths; empty = all
  bool federation_format = false;
  EventFilter presence, account_data;
  std::optional<std::vector<std::string>> rooms;
  std::vector<std::string> not_rooms;
  bool include_leave = false;
  EventFilter ephemeral, state, timeline, room_account_data;

  bool matches_room(std::string_view room_id) const;
};

/// errors::bad_json with the path of the offending member. Unknown members are ignored.
Result<Filter> parse_filter(const json::Value& json);
/// For `filter` query parameters of /messages, /context, search.
Result<EventFilter> parse_event_filter(const json::Value& json);

/// The event reduced to `event_fields` (type, event_id, sender, room_id, state_key stay where present).
json::Value select_fields(const json::Value& event, const std::vector<std::string>& event_fields);

/// Splits a dot-separated property path, "\." and "\\" escapes undone (appendices).
std::vector<std::string> split_path(std::string_view path);
/// The value at a path; nullptr when absent.
const json::Value* at_path(const json::Value& root, const std::vector<std::string>& path);

}  // namespace parvis::matrix
