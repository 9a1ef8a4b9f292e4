#include "engine/matrix/relations.h"

#include <fmt/format.h>

#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"

namespace parvis::matrix {

RelationKind parse_relation_kind(std::string_view rel_type) {
  if (rel_type == "m.annotation") return RelationKind::annotation;
  if (rel_type == "m.replace") return RelationKind::replace;
  if (rel_type == "m.thread") return RelationKind::thread;
  if (rel_type == "m.reference") return RelationKind::reference;
  return rel_type.empty() ? RelationKind::none : RelationKind::other;
}

std::string_view name_of(RelationKind kind) {
  switch (kind) {
    case RelationKind::annotation:
      return "m.annotation";
    case RelationKind::replace:
      return "m.replace";
    case RelationKind::thread:
      return "m.thread";
    case RelationKind::reference:
      return "m.reference";
    case RelationKind::none:
    case RelationKind::other:
      break;
  }
  return "";
}

Relation parse_relation(const json::Value& content) {
  Relation relation;
  auto* relates_to = json::find(content, "m.relates_to");
  if (!relates_to) return relation;
  if (auto* reply = json::find(*relates_to, "m.in_reply_to"))
    if (auto id = json::text(*reply, "event_id"); id && id->size() <= max_field_bytes)
      relation.in_reply_to = *id;
  auto rel_type = json::text(*relates_to, "rel_type"), event_id = json::text(*relates_to, "event_id");
  if (!rel_type || !event_id || rel_type->empty() || event_id->empty()) return relation;
  if (rel_type->size() > max_field_bytes || event_id->size() > max_field_bytes) return relation;
  relation.kind = parse_relation_kind(*rel_type);
  relation.rel_type = *rel_type;
  relation.event_id = *event_id;
  relation.key = json::text(*relates_to, "key").value_or("");
  relation.is_falling_back = json::boolean(*relates_to, "is_falling_back").value_or(false);
  return relation;
}

Result<Relation> check_relation(const json::Value& content) {
  auto* relates_to = json::find(content, "m.relates_to");
  if (!relates_to) return Relation{};
  auto relation = parse_relation(content);
  if (!relates_to->is_object()) return fail(errors::bad_json, "m.relates_to is not an object");
  if (json::find(*relates_to, "rel_type") && !relation.present())
    return fail(errors::bad_json, "m.relates_to needs rel_type and event_id, of 1 to 255 bytes");
  if (relation.kind == RelationKind::annotation &&
      (relation.key.empty() || relation.key.size() > max_annotation_key_bytes))
    return fail(errors::bad_json, "an annotation needs a key of 1 to 255 bytes");
  return relation;
}

bool is_valid_edit(const Event& original, const json::Value& original_content, const Event& edit,
                   const json::Value& edit_content) {
  if (original.room_id != edit.room_id || original.sender != edit.sender || original.type != edit.type)
    return false;
  if (original.is_state() || edit.is_state()) return false;
  if (parse_relation(original_content).kind == RelationKind::replace) return false;
  auto relation = parse_relation(edit_content);
  if (relation.kind != RelationKind::replace || relation.event_id != original.event_id) return false;
  // Encrypted edits carry their new content inside the ciphertext.
  return edit.type == "m.room.encrypted" || json::object(edit_content, "m.new_content") != nullptr;
}

bool may_be_thread_root(const Relation& of_candidate) { return !of_candidate.present(); }

namespace {
void put(std::string& members, std::string_view key, std::string_view json) {
  if (!members.empty()) members.push_back(',');
  members.append("\"").append(key).append("\":").append(json);
}
}  // namespace

BundledRelations& BundledRelations::replace(std::string_view client_event_json) {
  put(members_, "m.replace", client_event_json);
  return *this;
}

BundledRelations& BundledRelations::thread(std::string_view latest, size_t count,
                                           bool current_user_participated) {
  put(members_, "m.thread",
      fmt::format(R"({{"latest_event":{},"count":{},"current_user_participated":{}}})", latest, count,
                  current_user_participated));
  return *this;
}

BundledRelations& BundledRelations::reference(const std::vector<std::string>& event_ids) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("chunk").begin_array();
  for (const auto& id : event_ids) writer.begin_object().field("event_id", id).end_object();
  writer.end_array().end_object();
  put(members_, "m.reference", out);
  return *this;
}

std::string BundledRelations::text() const { return members_.empty() ? std::string{} : "{" + members_ + "}"; }

}  // namespace parvis::matrix
