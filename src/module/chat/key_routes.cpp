// Device keys, one-time keys, cross-signing (client-server API, "End-to-End Encryption"). The server only
// keeps and hands out public keys.
#include "engine/matrix/canonical_object.h"
#include "engine/matrix/errors.h"
#include "module/chat/door.h"
#include "module/chat/key_store.h"
#include "module/chat/keys.h"
#include "module/chat/uia.h"

namespace parvis::chat {
namespace {

using http::Response;
constexpr size_t max_key_body = 1 << 20, max_one_time_keys = 500, max_queried = 2'000;

std::string text_of(const json::Value& value) {
  std::string out;
  json::Writer(out).value(value);
  return out;
}

struct KeyParts {
  std::string algorithm, id;
};
std::optional<KeyParts> split_key(std::string_view name) {
  size_t colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size() || name.size() > 255)
    return std::nullopt;
  return KeyParts{std::string(name.substr(0, colon)), std::string(name.substr(colon + 1))};
}

std::string counts_json(const Keys::OfDevice& device) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("one_time_key_counts").begin_object();
  bool has_signed = false;
  for (auto& [algorithm, count] : device.one_time_counts) {
    writer.field(algorithm, count);
    has_signed = has_signed || algorithm == "signed_curve25519";
  }
  if (!has_signed) writer.field("signed_curve25519", 0);
  writer.end_object().end_object();
  return out;
}

Result<void> check_device_keys(const Caller& caller, const json::Value& keys) {
  if (json::text(keys, "user_id") != caller.user->user_id ||
      json::text(keys, "device_id") != caller.session->device_id)
    return fail(mx::errors::invalid_param, "device_keys are of another device");
  if (!json::object(keys, "keys") || !json::array(keys, "algorithms"))
    return fail(mx::errors::bad_json, "device_keys");
  return {};
}

Answer post_upload(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, true, max_key_body));
  CO_TRY(co_await chat.keys->load(*caller.user));
  key_store::Upload upload{.user = caller.user->number, .device_id = caller.session->device_id};
  if (auto* keys = json::find(body, "device_keys"); keys && keys->is_object()) {
    CO_TRY(check_device_keys(caller, *keys));
    upload.device_keys = text_of(*keys);
  }
  auto gather = [](const json::Object* from, auto& into) -> Result<void> {
    if (!from) return {};
    if (from->size() > max_one_time_keys) return fail(reasons::too_large, "too many keys");
    for (auto& member : *from) {
      auto parts = split_key(std::string_view(member.key()));
      if (!parts) return fail(mx::errors::invalid_param, "key id");
      into.push_back({parts->algorithm, parts->id, text_of(member.value())});
    }
    return {};
  };
  CO_TRY(gather(json::object(body, "one_time_keys"), upload.one_time));
  auto* fallback = json::object(body, "fallback_keys");
  if (!fallback) fallback = json::object(body, "org.matrix.msc2732.fallback_keys");
  CO_TRY(gather(fallback, upload.fallback));
  bool new_keys = !upload.device_keys.empty();
  auto outcome = CO_TRY(co_await chat.context.database.write(
      [upload](store::Transaction& transaction) { return key_store::upload(transaction, upload); }));
  auto& device = chat.keys->device(*caller.user, caller.session->device_id);
  device.one_time_counts = outcome.one_time_counts;
  device.unused_fallback = outcome.unused_fallback;
  if (new_keys) {
    device.uploaded = true;
    if (outcome.keys_changed) chat.keys->changed(*caller.user);
    CO_TRY(co_await chat.log.commit());
  }
  co_return Response::json(counts_json(device));
}

Answer post_query(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, false, max_key_body));
  auto* asked = json::object(body, "device_keys");
  if (!asked) co_return fail(mx::errors::missing_param, "device_keys");
  if (asked->size() > max_queried) co_return fail(reasons::too_large, "too many people");
  std::vector<key_store::Query> queries;
  for (auto& member : *asked) {
    User* user = chat.users.find(std::string_view(member.key()));
    if (!user || user->person.empty()) continue;
    key_store::Query query{.user = user->number, .user_id = user->user_id, .own = user == caller.user};
    for (auto& session : chat.context.sessions.of(user->person))
      query.names[session->device_id] = session->device_name;
    if (member.value().is_array())
      for (auto& id : member.value().get_array())
        if (id.is_string()) query.devices.insert(std::string(id.get_string()));
    queries.push_back(std::move(query));
  }
  auto text = CO_TRY(co_await chat.context.database.read(
      [queries = std::move(queries), asker = caller.user->number](store::Reader& reader) {
        return key_store::query(reader, queries, asker);
      }));
  co_return Response::json(std::move(text));
}

Answer post_claim(Chat& chat, Caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, false, max_key_body));
  auto* asked = json::object(body, "one_time_keys");
  if (!asked) co_return fail(mx::errors::missing_param, "one_time_keys");
  std::vector<key_store::Claim> claims;
  for (auto& person : *asked) {
    User* user = chat.users.find(std::string_view(person.key()));
    if (!user || !person.value().is_object()) continue;
    for (auto& device : person.value().get_object()) {
      if (!device.value().is_string()) co_return fail(mx::errors::bad_json, "algorithm");
      claims.push_back(
          {user->number, user->user_id, std::string(device.key()), std::string(device.value().get_string())});
      if (claims.size() > max_queried) co_return fail(reasons::too_large, "too many devices");
    }
  }
  auto claimed = CO_TRY(co_await chat.context.database.write(
      [claims](store::Transaction& transaction) { return key_store::claim(transaction, claims); }));
  for (auto& one : claimed.taken) {
    User& user = chat.users.at(one.user);
    if (!chat.keys->loaded(user)) continue;
    auto& device = chat.keys->device(user, one.device_id);
    if (one.fallback)
      device.unused_fallback.erase(one.algorithm);
    else if (device.one_time_counts[one.algorithm] > 0)
      --device.one_time_counts[one.algorithm];
  }
  co_return Response::json(std::move(claimed.json));
}

Answer get_changes(Chat& chat, Caller caller, http::Request& request) {
  auto from = mx::SyncToken::parse(request.query_value("from").value_or(""));
  auto to = mx::SyncToken::parse(request.query_value("to").value_or(""));
  if (!from || !to) co_return fail(mx::errors::invalid_param, "from, to");
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("changed").begin_array();
  for (auto it = chat.device_list_changes.upper_bound((*from)[mx::Stream::device_lists]);
       it != chat.device_list_changes.end() && it->first <= (*to)[mx::Stream::device_lists]; ++it) {
    User& other = chat.users.at(it->second);
    bool share = &other == caller.user;
    for (auto* member : caller.user->rooms)
      share = share || (member->membership == Membership::join && chat.rooms.joined(*member->room, other));
    if (share) writer.value(other.user_id);
  }
  writer.end_array().key("left").begin_array().end_array().end_object();
  co_return Response::json(std::move(out));
}

Answer post_device_signing(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, false, max_key_body));
  key_store::CrossSigning keys{.user = caller.user->number};
  for (auto [name, usage] : {std::pair{"master_key", "master"},
                             {"self_signing_key", "self_signing"},
                             {"user_signing_key", "user_signing"}}) {
    auto* key = json::find(body, name);
    if (!key || key->is_null()) continue;
    if (!key->is_object() || json::text(*key, "user_id") != caller.user->user_id ||
        !json::object(*key, "keys"))
      co_return fail(mx::errors::invalid_param, name);
    keys.content[usage] = text_of(*key);
  }
  auto kept =
      CO_TRY(co_await chat.context.database.read([number = caller.user->number](store::Reader& reader) {
        return key_store::cross_signing(reader, number);
      }));
  bool replaces = false, changes = false;
  for (auto& [usage, content] : keys.content) {
    auto before = kept.find(usage);
    if (before == kept.end())
      changes = true;
    else if (before->second != content)
      replaces = changes = true;
  }
  // The first upload needs no password (MSC3967): nothing is taken over.
  if (replaces)
    if (auto challenge = CO_TRY(co_await ask_password(chat, caller, request, body)))
      co_return std::move(*challenge);
  if (changes) {
    CO_TRY(co_await chat.context.database.write(
        [keys](store::Transaction& transaction) { return key_store::put_cross_signing(transaction, keys); }));
    chat.keys->changed(*caller.user);
    CO_TRY(co_await chat.log.commit());
  }
  co_return empty_object();
}

Answer post_signatures(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request, false, max_key_body));
  std::vector<key_store::Signature> signatures;
  std::set<User*> changed;
  for (auto& person : body.get_object()) {
    User* target = chat.users.find(std::string_view(person.key()));
    if (!target || !person.value().is_object()) continue;
    for (auto& key : person.value().get_object()) {
      auto* all = json::object(key.value(), "signatures");
      auto* mine = all ? all->if_contains(caller.user->user_id) : nullptr;
      if (!mine || !mine->is_object()) continue;
      signatures.push_back({target->number, std::string(key.key()), caller.user->number, text_of(*mine)});
      changed.insert(target);
    }
  }
  if (signatures.size() > max_queried) co_return fail(reasons::too_large, "too many signatures");
  CO_TRY(co_await chat.context.database.write([signatures](store::Transaction& transaction) {
    return key_store::put_signatures(transaction, signatures);
  }));
  for (User* user : changed) chat.keys->changed(*user);
  CO_TRY(co_await chat.log.commit());
  co_return Response::json(R"({"failures":{}})");
}

}  // namespace

void add_key_routes(Door& door) {
  Door::Options big{.max_body_bytes = max_key_body};
  door.v3("POST", "/keys/upload", post_upload, big);
  door.v3("POST", "/keys/query", post_query, big);
  door.v3("POST", "/keys/claim", post_claim, big);
  door.v3("GET", "/keys/changes", get_changes);
  door.v3("POST", "/keys/device_signing/upload", post_device_signing, big);
  door.v3("POST", "/keys/signatures/upload", post_signatures, big);
}

}  // namespace parvis::chat
