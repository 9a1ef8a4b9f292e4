#include "engine/matrix/room_creation.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"

namespace parvis::matrix {
namespace {

// Integers above state_default only, so that an upgrade stays with the creators (v12).
constexpr int64_t tombstone_power_v12 = 150;

Result<std::string> optional_text(const json::Value& body, std::string_view key) {
  auto* member = json::find(body, key);
  if (!member || member->is_null()) return std::string{};
  if (!member->is_string()) return fail(errors::bad_json, fmt::format("{} is not a string", key));
  return std::string(member->get_string());
}

Result<json::Object> optional_object(const json::Value& body, std::string_view key) {
  auto* member = json::find(body, key);
  if (!member || member->is_null()) return json::Object{};
  if (!member->is_object()) return fail(errors::bad_json, fmt::format("{} is not an object", key));
  return member->get_object();
}

Result<Preset> parse_preset(std::string_view text, bool published) {
  if (text.empty()) return published ? Preset::public_chat : Preset::private_chat;
  if (text == "private_chat") return Preset::private_chat;
  if (text == "trusted_private_chat") return Preset::trusted_private_chat;
  if (text == "public_chat") return Preset::public_chat;
  return fail(errors::invalid_param, "unknown preset");
}

Result<std::vector<CreateRoomRequest::InitialState>> parse_initial_state(const json::Value& body) {
  std::vector<CreateRoomRequest::InitialState> out;
  auto* member = json::find(body, "initial_state");
  if (!member || member->is_null()) return out;
  if (!member->is_array()) return fail(errors::bad_json, "initial_state is not a list");
  if (member->get_array().size() > max_initial_state)
    return fail(errors::invalid_param, "initial_state is too long");
  for (const auto& entry : member->get_array()) {
    auto type = json::text(entry, "type");
    auto* content = json::find(entry, "content");
    auto* state_key = json::find(entry, "state_key");
    if (!type || type->empty() || !content || !content->is_object() || (state_key && !state_key->is_string()))
      return fail(errors::bad_json, "initial_state: an entry needs type and content");
    out.push_back(
        {std::string(*type), state_key ? std::string(state_key->get_string()) : std::string{}, *content});
  }
  return out;
}

class Plan {
 public:
  Plan(const CreateRoomRequest& request, const CreationContext& context)
      : request_(request), context_(context) {}

  Result<std::vector<PlannedEvent>> run() {
    TRY(add("m.room.create", "", create_content()));
    TRY(add("m.room.member", context_.creator, member_content("join", &context_.creator_profile)));
    auto levels = power_levels();
    TRY(check_creators(levels));
    TRY(add("m.room.power_levels", "", levels));
    if (!request_.alias_localpart.empty())
      TRY(add("m.room.canonical_alias", "",
              {{"alias", "#" + request_.alias_localpart + ":" + std::string(context_.server)}}));
    TRY(preset());
    for (const auto& state : request_.initial_state) {
      if (state.type == "m.room.create" || state.type == "m.room.member")
        return fail(errors::invalid_room_state, "initial_state may not hold " + state.type);
      if (superseded(state)) continue;
      TRY(add(state.type, state.state_key, state.content.get_object()));
    }
    if (!request_.name.empty()) TRY(add("m.room.name", "", {{"name", request_.name}}));
    if (!request_.topic.empty()) TRY(add("m.room.topic", "", topic_content()));
    for (const auto& user_id : request_.invite) {
      if (user_id == context_.creator) continue;
      auto content = member_content("invite", profile_of(user_id));
      if (request_.is_direct) content["is_direct"] = true;
      TRY(add("m.room.member", user_id, content));
    }
    return std::move(events_);
  }

 private:
  Result<void> add(std::string_view type, std::optional<std::string_view> state_key,
                   const json::Object& content) {
    auto canonical = TRY(Canonical::of(content));
    events_.push_back({std::string(type), state_key ? std::optional(std::string(*state_key)) : std::nullopt,
                       std::move(canonical)});
    return {};
  }

  const json::Object* profile_of(std::string_view user_id) const {
    return context_.profile_of ? context_.profile_of(user_id, context_.profile_context) : nullptr;
  }

  json::Object create_content() const {
    json::Object content = request_.creation_content;
    content["room_version"] = name_of(request_.version);
    // Of no meaning since version 11, but clients of before (nheko 0.11) do not read an event without it, and
    // take a space for a room then.
    content["creator"] = context_.creator;
    if (!has_hashed_room_id(request_.version) || request_.preset != Preset::trusted_private_chat)
      return content;
    json::Array creators;
    auto put = [&](std::string_view id) {
      bool known =
          id == context_.creator || std::any_of(creators.begin(), creators.end(), [&](const json::Value& c) {
            return c.is_string() && std::string_view(c.get_string()) == id;
          });
      if (!known) creators.push_back(json::Value(id));
    };
    if (auto* asked = content.if_contains("additional_creators"); asked && asked->is_array())
      for (const auto& id : asked->get_array())
        if (id.is_string()) put(id.get_string());
    for (const auto& id : request_.invite) put(id);
    if (!creators.empty()) content["additional_creators"] = std::move(creators);
    return content;
  }

  json::Object power_levels() const {
    auto levels = default_power_levels(request_.version, context_.creator, request_.preset, request_.invite);
    for (const auto& [key, value] : request_.power_level_override) levels[key] = value;
    return levels;
  }

  // The rules would refuse the event (rooms/v12 rule 10.4); the request is what is wrong.
  Result<void> check_creators(const json::Object& levels) const {
    auto* users = levels.if_contains("users");
    if (!has_hashed_room_id(request_.version) || !users || !users->is_object()) return {};
    auto create = create_content();
    auto* additional = create.if_contains("additional_creators");
    for (const auto& [user_id, level] : users->get_object()) {
      bool creator = user_id == context_.creator;
      if (additional && additional->is_array())
        for (const auto& id : additional->get_array())
          creator = creator || (id.is_string() && std::string_view(id.get_string()) == user_id);
      if (creator) return fail(errors::invalid_room_state, "power levels name a creator of the room");
    }
    return {};
  }

  bool in_initial_state(std::string_view type) const {
    return std::any_of(request_.initial_state.begin(), request_.initial_state.end(),
                       [&](const auto& state) { return state.type == type && state.state_key.empty(); });
  }
  // The request's own fields win over initial_state, initial_state wins over the preset.
  bool superseded(const CreateRoomRequest::InitialState& state) const {
    if (!state.state_key.empty()) return false;
    return (state.type == "m.room.name" && !request_.name.empty()) ||
           (state.type == "m.room.topic" && !request_.topic.empty()) ||
           (state.type == "m.room.canonical_alias" && !request_.alias_localpart.empty());
  }

  Result<void> preset() {
    bool open = request_.preset == Preset::public_chat;
    auto put = [&](std::string_view type, std::string_view key, std::string_view value) -> Result<void> {
      if (in_initial_state(type)) return {};
      return add(type, "", {{key, value}});
    };
    TRY(put("m.room.join_rules", "join_rule", open ? "public" : "invite"));
    TRY(put("m.room.history_visibility", "history_visibility", "shared"));
    return put("m.room.guest_access", "guest_access", open ? "forbidden" : "can_join");
  }

  json::Object topic_content() const {
    json::Object text{{"body", request_.topic}, {"mimetype", "text/plain"}};
    json::Object block;
    block["m.text"] = json::Array{std::move(text)};
    json::Object content{{"topic", request_.topic}};
    content["m.topic"] = std::move(block);
    return content;
  }

  const CreateRoomRequest& request_;
  const CreationContext& context_;
  std::vector<PlannedEvent> events_;
};

}  // namespace

json::Object member_content(std::string_view membership, const json::Object* profile) {
  json::Object content;
  if (profile) content = *profile;
  content["membership"] = membership;
  return content;
}

json::Object default_power_levels(RoomVersion version, std::string_view creator, Preset preset,
                                  const std::vector<std::string>& invited) {
  bool v12 = has_hashed_room_id(version);
  json::Object users;
  if (!v12) {
    users[creator] = 100;
    if (preset == Preset::trusted_private_chat)
      for (const auto& user_id : invited) users[user_id] = 100;
  }
  json::Object events{{"m.room.name", 50},
                      {"m.room.power_levels", 100},
                      {"m.room.history_visibility", 100},
                      {"m.room.canonical_alias", 50},
                      {"m.room.avatar", 50},
                      {"m.room.topic", 50},
                      {"m.room.tombstone", v12 ? tombstone_power_v12 : 100},
                      {"m.room.server_acl", 100},
                      {"m.room.encryption", 100}};
  json::Object levels{{"users_default", 0}, {"events_default", 0}, {"state_default", 50},
                      {"ban", 50},          {"kick", 50},          {"redact", 50},
                      {"invite", 0},        {"historical", 100}};
  levels["users"] = std::move(users);
  levels["events"] = std::move(events);
  return levels;
}

Result<CreateRoomRequest> parse_create_room(const json::Value& body, RoomVersion default_version) {
  if (!body.is_object()) return fail(errors::bad_json, "an object expected");
  CreateRoomRequest request;
  auto version = TRY(optional_text(body, "room_version"));
  request.version = default_version;
  if (!version.empty()) {
    auto parsed = parse_room_version(version);
    if (!parsed) return fail(errors::unsupported_room_version, "room_version");
    request.version = *parsed;
  }
  auto visibility = TRY(optional_text(body, "visibility"));
  if (!visibility.empty() && visibility != "public" && visibility != "private")
    return fail(errors::invalid_param, "unknown visibility");
  request.published = visibility == "public";
  auto preset = TRY(optional_text(body, "preset"));
  request.preset = TRY(parse_preset(preset, request.published));
  request.is_direct = json::boolean(body, "is_direct").value_or(false);
  request.alias_localpart = TRY(optional_text(body, "room_alias_name"));
  if (request.alias_localpart.find_first_of(std::string_view(":#\0", 3)) != std::string::npos ||
      request.alias_localpart.size() > max_identifier_bytes)
    return fail(errors::invalid_param, "room_alias_name is not a localpart");
  request.name = TRY(optional_text(body, "name"));
  request.topic = TRY(optional_text(body, "topic"));
  request.creation_content = TRY(optional_object(body, "creation_content"));
  request.power_level_override = TRY(optional_object(body, "power_level_content_override"));
  request.initial_state = TRY(parse_initial_state(body));
  if (auto* invite = json::find(body, "invite"); invite && !invite->is_null()) {
    if (!invite->is_array()) return fail(errors::bad_json, "invite is not a list");
    if (invite->get_array().size() > max_initial_invites)
      return fail(errors::invalid_param, "too many invites");
    for (const auto& id : invite->get_array()) {
      if (!id.is_string() || !parse_user_id(std::string_view(id.get_string())))
        return fail(errors::invalid_param, "invite names something else than a user id");
      std::string user_id(id.get_string());
      if (std::find(request.invite.begin(), request.invite.end(), user_id) == request.invite.end())
        request.invite.push_back(std::move(user_id));
    }
  }
  return request;
}

Result<std::vector<PlannedEvent>> plan_room(const CreateRoomRequest& request,
                                            const CreationContext& context) {
  return Plan(request, context).run();
}

}  // namespace parvis::matrix
