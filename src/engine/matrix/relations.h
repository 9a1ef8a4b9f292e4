#pragma once
// Relations between events (client-server API, "Forming relationships between events") and the aggregations
// that servers bundle under unsigned["m.relations"]. Annotations are not bundled: clients read them by
// /relations.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "engine/matrix/event.h"

namespace parvis::matrix {

enum class RelationKind : uint8_t { none, annotation, replace, thread, reference, other };

inline constexpr size_t max_annotation_key_bytes = 255;
inline constexpr int max_thread_hops =
    3;  // how far to look for a thread root (push, "Receiving notifications")

struct Relation {
  RelationKind kind = RelationKind::none;
  std::string rel_type;     // as written
  std::string event_id;     // the parent; empty when kind is none
  std::string key;          // annotation only
  std::string in_reply_to;  // m.in_reply_to.event_id
  bool is_falling_back = false;

  bool present() const { return kind != RelationKind::none; }
};

/// Lenient: what is malformed is absent. `content` is the event's content.
Relation parse_relation(const json::Value& content);
/// For new events: errors::bad_json when m.relates_to is malformed (annotation without key, no event id …).
Result<Relation> check_relation(const json::Value& content);
RelationKind parse_relation_kind(std::string_view rel_type);
std::string_view name_of(RelationKind kind);

/// Whether `edit` validly replaces `original` (module "Event replacements", "Validity of replacement
/// events").
bool is_valid_edit(const Event& original, const json::Value& original_content, const Event& edit,
                   const json::Value& edit_content);
/// Whether an event may be a thread root, or be in a thread: no relation chains (module "Threading").
bool may_be_thread_root(const Relation& of_candidate);

/// Builds the object for UnsignedData::relations.
class BundledRelations {
 public:
  /// The most recent edit, in full, as client JSON with room_id and its own unsigned if any.
  BundledRelations& replace(std::string_view client_event_json);
  BundledRelations& thread(std::string_view latest_client_event_json, size_t count,
                           bool current_user_participated);
  BundledRelations& reference(const std::vector<std::string>& event_ids);
  bool empty() const { return members_.empty(); }
  /// "{…}", or empty.
  std::string text() const;

 private:
  std::string members_;
};

}  // namespace parvis::matrix
