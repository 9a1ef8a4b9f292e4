#include "engine/matrix/filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/matrix/errors.h"

namespace parvis::matrix {
namespace {

using Strings = std::vector<std::string>;

bool contains(const Strings& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool any_type(const Strings& patterns, std::string_view type) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return type_matches(pattern, type); });
}

/// Reads members of one JSON object and remembers where it is, for the error.
class Reader {
 public:
  Reader(const json::Value& object, std::string path) : object_(object), path_(std::move(path)) {}

  std::unexpected<Error> wrong(std::string_view key, std::string_view what) const {
    return fail(errors::bad_json, fmt::format("filter{}{}: {} expected", path_, key, what));
  }

  Result<std::optional<Strings>> strings(std::string_view key) const {
    auto* member = find(key);
    if (!member) return std::nullopt;
    if (!member->is_array()) return wrong(key, "a list");
    if (member->get_array().size() > max_filter_entries) return wrong(key, "a shorter list");
    Strings out;
    for (const auto& entry : member->get_array()) {
      if (!entry.is_string()) return wrong(key, "a list of strings");
      out.emplace_back(entry.get_string());
    }
    return out;
  }
  Result<Strings> strings_or_none(std::string_view key) const {
    return TRY(strings(key)).value_or(Strings{});
  }

  Result<std::optional<bool>> boolean(std::string_view key) const {
    auto* member = find(key);
    if (!member) return std::nullopt;
    if (!member->is_bool()) return wrong(key, "true or false");
    return member->get_bool();
  }
  Result<std::optional<int64_t>> limit() const {
    auto* member = find("limit");
    if (!member) return std::nullopt;
    if (!member->is_int64() || member->get_int64() < 0) return wrong("limit", "an integer of at least 0");
    return std::clamp<int64_t>(member->get_int64(), 1, max_filter_limit);
  }
  /// The object under `key`, or nullptr when absent.
  Result<const json::Value*> child(std::string_view key) const {
    auto* member = find(key);
    if (member && !member->is_object()) return wrong(key, "an object");
    return member;
  }
  std::string path_to(std::string_view key) const { return fmt::format("{}{}.", path_, key); }

 private:
  const json::Value* find(std::string_view key) const {
    auto* member = json::find(object_, key);
    return member && !member->is_null() ? member : nullptr;
  }
  const json::Value& object_;
  std::string path_;
};

// `senders`, `rooms` and their `not_` twins hold identifiers.
Result<void> check_sigils(const Reader& reader, std::string_view key, const Strings& list, char sigil) {
  for (const auto& id : list)
    if (!id.starts_with(sigil)) return reader.wrong(key, sigil == '@' ? "user ids" : "room ids");
  return {};
}

Result<EventFilter> read_event_filter(const json::Value& json, std::string path) {
  Reader reader(json, std::move(path));
  EventFilter filter;
  filter.types = TRY(reader.strings("types"));
  filter.not_types = TRY(reader.strings_or_none("not_types"));
  filter.senders = TRY(reader.strings("senders"));
  filter.not_senders = TRY(reader.strings_or_none("not_senders"));
  filter.rooms = TRY(reader.strings("rooms"));
  filter.not_rooms = TRY(reader.strings_or_none("not_rooms"));
  if (filter.senders) TRY(check_sigils(reader, "senders", *filter.senders, '@'));
  TRY(check_sigils(reader, "not_senders", filter.not_senders, '@'));
  if (filter.rooms) TRY(check_sigils(reader, "rooms", *filter.rooms, '!'));
  TRY(check_sigils(reader, "not_rooms", filter.not_rooms, '!'));
  filter.contains_url = TRY(reader.boolean("contains_url"));
  filter.related_by_senders = TRY(reader.strings_or_none("related_by_senders"));
  filter.related_by_rel_types = TRY(reader.strings_or_none("related_by_rel_types"));
  filter.limit = TRY(reader.limit());
  filter.lazy_load_members = TRY(reader.boolean("lazy_load_members")).value_or(false);
  filter.include_redundant_members = TRY(reader.boolean("include_redundant_members")).value_or(false);
  filter.unread_thread_notifications = TRY(reader.boolean("unread_thread_notifications")).value_or(false);
  return filter;
}

Result<EventFilter> read_child(const Reader& reader, std::string_view key) {
  auto* child = TRY(reader.child(key));
  if (!child) return EventFilter{};
  return read_event_filter(*child, reader.path_to(key));
}

void copy_path(const json::Value& from, json::Value& to, const std::vector<std::string>& path, size_t depth) {
  auto* source = from.if_object();
  if (!source) return;
  auto* found = source->if_contains(path[depth]);
  if (!found) return;
  auto& target = to.is_object() ? to.get_object() : to.emplace_object();
  if (depth + 1 == path.size()) {
    target[path[depth]] = *found;
    return;
  }
  if (!found->is_object()) return;
  auto& next = target[path[depth]];
  if (!next.is_object()) next.emplace_object();
  copy_path(*found, next, path, depth + 1);
}

}  // namespace

bool type_matches(std::string_view pattern, std::string_view type) {
  size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < type.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == type[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool EventFilter::matches_room(std::string_view room_id) const {
  return !contains(not_rooms, room_id) && (!rooms || contains(*rooms, room_id));
}

bool EventFilter::matches(const FilterEvent& event) const {
  if (any_type(not_types, event.type) || contains(not_senders, event.sender)) return false;
  if (types && !any_type(*types, event.type)) return false;
  if (senders && !contains(*senders, event.sender)) return false;
  if (!event.room_id.empty() && !matches_room(event.room_id)) return false;
  if (contains_url && *contains_url != event.has_url) return false;
  if (related_by_senders.empty() && related_by_rel_types.empty()) return true;
  if (!event.related_by) return false;
  return std::any_of(event.related_by->begin(), event.related_by->end(), [this](const auto& relation) {
    return (related_by_rel_types.empty() || contains(related_by_rel_types, relation.rel_type)) &&
           (related_by_senders.empty() || contains(related_by_senders, relation.sender));
  });
}

bool EventFilter::accepts_everything() const {
  return !types && !senders && !rooms && not_types.empty() && not_senders.empty() && not_rooms.empty() &&
         !contains_url && related_by_senders.empty() && related_by_rel_types.empty();
}

bool Filter::matches_room(std::string_view room_id) const {
  return !contains(not_rooms, room_id) && (!rooms || contains(*rooms, room_id));
}

Result<EventFilter> parse_event_filter(const json::Value& json) {
  if (!json.is_object()) return fail(errors::bad_json, "filter: an object expected");
  return read_event_filter(json, ".");
}

Result<Filter> parse_filter(const json::Value& json) {
  if (!json.is_object()) return fail(errors::bad_json, "filter: an object expected");
  Reader reader(json, ".");
  Filter filter;
  filter.event_fields = TRY(reader.strings_or_none("event_fields"));
  if (auto* format = json::find(json, "event_format"); format && !format->is_null()) {
    if (!format->is_string()) return reader.wrong("event_format", "a string");
    auto name = std::string_view(format->get_string());
    if (name != "client" && name != "federation") return reader.wrong("event_format", "client or federation");
    filter.federation_format = name == "federation";
  }
  filter.presence = TRY(read_child(reader, "presence"));
  filter.account_data = TRY(read_child(reader, "account_data"));
  auto* room = TRY(reader.child("room"));
  if (!room) return filter;
  Reader in_room(*room, ".room.");
  filter.rooms = TRY(in_room.strings("rooms"));
  filter.not_rooms = TRY(in_room.strings_or_none("not_rooms"));
  if (filter.rooms) TRY(check_sigils(in_room, "rooms", *filter.rooms, '!'));
  TRY(check_sigils(in_room, "not_rooms", filter.not_rooms, '!'));
  filter.include_leave = TRY(in_room.boolean("include_leave")).value_or(false);
  filter.ephemeral = TRY(read_child(in_room, "ephemeral"));
  filter.state = TRY(read_child(in_room, "state"));
  filter.timeline = TRY(read_child(in_room, "timeline"));
  filter.room_account_data = TRY(read_child(in_room, "account_data"));
  return filter;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size() && (path[i + 1] == '.' || path[i + 1] == '\\')) {
      parts.back().push_back(path[++i]);
    } else if (path[i] == '.') {
      parts.emplace_back();
    } else {
      parts.back().push_back(path[i]);
    }
  }
  return parts;
}

const json::Value* at_path(const json::Value& root, const std::vector<std::string>& path) {
  const json::Value* value = &root;
  for (const auto& part : path) {
    value = json::find(*value, part);
    if (!value) return nullptr;
  }
  return value;
}

json::Value select_fields(const json::Value& event, const std::vector<std::string>& event_fields) {
  if (event_fields.empty()) return event;
  json::Value out(json::Object{});
  for (auto always : {"event_id", "room_id", "sender", "state_key", "type", "origin_server_ts"})
    copy_path(event, out, {always}, 0);
  for (const auto& field : event_fields) copy_path(event, out, split_path(field), 0);
  return out;
}

}  // namespace parvis::matrix
