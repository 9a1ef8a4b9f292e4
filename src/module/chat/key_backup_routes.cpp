// Key backup (client-server API, "Server-side key backups"): room keys encrypted by the client, in versions.
#include "engine/matrix/errors.h"
#include "module/chat/door.h"
#include "module/chat/key_backup_store.h"

namespace parvis::chat {
namespace {

using http::Response;
using key_backup::BackupKey;
constexpr size_t max_backup_body = 8 << 20;

Result<int64_t> version_number(std::string_view text) {
  int64_t number = 0;
  if (text.empty() || text.size() > 15) return fail(reasons::not_found, "no such backup");
  for (char c : text) {
    if (c < '0' || c > '9') return fail(reasons::not_found, "no such backup");
    number = number * 10 + (c - '0');
  }
  return number;
}

Answer show_version(Chat& chat, Caller caller, std::optional<int64_t> version) {
  auto info = CO_TRY(
      co_await chat.context.database.read([number = caller.user->number, version](store::Reader& reader) {
        return key_backup::find(reader, number, version);
      }));
  if (!info) co_return fail(reasons::not_found, "no backup");
  std::string out;
  json::Writer writer(out);
  writer.begin_object().field("algorithm", info->algorithm).key("auth_data").raw(info->auth_data);
  writer.field("count", info->count)
      .field("etag", std::to_string(info->etag))
      .field("version", std::to_string(info->version));
  writer.end_object();
  co_return Response::json(std::move(out));
}

Answer get_latest(Chat& chat, Caller caller, http::Request&) {
  return show_version(chat, std::move(caller), std::nullopt);
}

Answer get_version(Chat& chat, Caller caller, http::Request& request) {
  auto version = CO_TRY(version_number(request.parameter("version")));
  co_return co_await show_version(chat, std::move(caller), version);
}

Result<std::pair<std::string, std::string>> version_body(const json::Value& body) {
  std::string algorithm(TRY(need_text(body, "algorithm")));
  auto* auth = json::find(body, "auth_data");
  if (!auth || !auth->is_object()) return fail(mx::errors::missing_param, "auth_data");
  std::string text;
  json::Writer(text).value(*auth);
  return std::pair(std::move(algorithm), std::move(text));
}

Answer post_version(Chat& chat, Caller caller, http::Request& request) {
  auto body = CO_TRY(co_await body_object(request));
  auto [algorithm, auth] = CO_TRY(version_body(body));
  auto version = CO_TRY(co_await chat.context.database.write(
      [number = caller.user->number, algorithm, auth](store::Transaction& transaction) {
        return key_backup::create(transaction, number, algorithm, auth);
      }));
  std::string out;
  json::Writer(out).begin_object().field("version", std::to_string(version)).end_object();
  co_return Response::json(std::move(out));
}

Answer put_version(Chat& chat, Caller caller, http::Request& request) {
  auto version = CO_TRY(version_number(request.parameter("version")));
  auto body = CO_TRY(co_await body_object(request));
  auto [algorithm, auth] = CO_TRY(version_body(body));
  if (auto named = json::text(body, "version"); named && *named != std::to_string(version))
    co_return fail(mx::errors::invalid_param, "version");
  CO_TRY(co_await chat.context.database.write(
      [number = caller.user->number, version, algorithm, auth](store::Transaction& transaction) {
        return key_backup::update(transaction, number, version, algorithm, auth);
      }));
  co_return empty_object();
}

Answer delete_version(Chat& chat, Caller caller, http::Request& request) {
  auto version = CO_TRY(version_number(request.parameter("version")));
  CO_TRY(co_await chat.context.database.write(
      [number = caller.user->number, version](store::Transaction& transaction) {
        return key_backup::remove(transaction, number, version);
      }));
  co_return empty_object();
}

Result<int64_t> wanted_version(const http::Request& request) {
  auto text = request.query_value("version");
  if (!text) return fail(mx::errors::missing_param, "version");
  return version_number(*text);
}

Result<BackupKey> key_of(std::string_view room_id, std::string_view session_id, const json::Value& value) {
  BackupKey key{.room_id = std::string(room_id), .session_id = std::string(session_id)};
  auto first = json::integer(value, "first_message_index"),
       forwarded = json::integer(value, "forwarded_count");
  auto verified = json::boolean(value, "is_verified");
  auto* data = json::find(value, "session_data");
  if (!first || !forwarded || !verified || !data || !data->is_object())
    return fail(mx::errors::bad_json, "session");
  key.first_message_index = *first;
  key.forwarded_count = *forwarded;
  key.is_verified = *verified;
  json::Writer(key.session_data).value(*data);
  return key;
}

// The keys of a body, at whichever of the three addresses it came.
Result<std::vector<BackupKey>> keys_of(const http::Request& request, const json::Value& body) {
  std::vector<BackupKey> out;
  auto room_id = request.parameter("room_id"), session_id = request.parameter("session_id");
  if (!session_id.empty()) {
    out.push_back(TRY(key_of(room_id, session_id, body)));
    return out;
  }
  auto add_room = [&](std::string_view id, const json::Value& room) -> Result<void> {
    auto* sessions = json::object(room, "sessions");
    if (!sessions) return fail(mx::errors::bad_json, "sessions");
    for (auto& session : *sessions)
      out.push_back(TRY(key_of(id, std::string_view(session.key()), session.value())));
    return {};
  };
  if (!room_id.empty()) {
    TRY(add_room(room_id, body));
    return out;
  }
  auto* rooms = json::object(body, "rooms");
  if (!rooms) return fail(mx::errors::missing_param, "rooms");
  for (auto& room : *rooms) TRY(add_room(std::string_view(room.key()), room.value()));
  return out;
}

Response count_answer(const key_backup::Changed& changed) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("etag", std::to_string(changed.etag))
      .field("count", changed.count)
      .end_object();
  return Response::json(std::move(out));
}

Answer put_keys(Chat& chat, Caller caller, http::Request& request) {
  auto version = CO_TRY(wanted_version(request));
  auto body = CO_TRY(co_await body_object(request, false, max_backup_body));
  auto keys = CO_TRY(keys_of(request, body));
  auto changed = CO_TRY(co_await chat.context.database.write(
      [number = caller.user->number, version, keys = std::move(keys)](store::Transaction& transaction) {
        return key_backup::put_keys(transaction, number, version, keys);
      }));
  if (changed.other_version) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object()
        .field("errcode", "M_WRONG_ROOM_KEYS_VERSION")
        .field("error", "This key backup has been replaced.");
    writer.field("current_version", std::to_string(changed.other_version)).end_object();
    co_return Response::json(std::move(out), 403);
  }
  co_return count_answer(changed);
}

void write_key(json::Writer& writer, const BackupKey& key) {
  writer.begin_object()
      .field("first_message_index", key.first_message_index)
      .field("forwarded_count", key.forwarded_count);
  writer.field("is_verified", key.is_verified).key("session_data").raw(key.session_data).end_object();
}

Answer get_keys(Chat& chat, Caller caller, http::Request& request) {
  auto version = CO_TRY(wanted_version(request));
  std::string room_id(request.parameter("room_id")), session_id(request.parameter("session_id"));
  auto keys = CO_TRY(co_await chat.context.database.read(
      [number = caller.user->number, version, room_id, session_id](store::Reader& reader) {
        return key_backup::get_keys(reader, number, version, room_id, session_id);
      }));
  std::string out;
  json::Writer writer(out);
  if (!session_id.empty()) {
    if (keys.empty()) co_return fail(reasons::not_found, "no such key");
    write_key(writer, keys.front());
    co_return Response::json(std::move(out));
  }
  std::map<std::string, std::vector<const BackupKey*>> by_room;
  for (auto& key : keys) by_room[key.room_id].push_back(&key);
  auto write_sessions = [&](const std::vector<const BackupKey*>& list) {
    writer.begin_object().key("sessions").begin_object();
    for (auto* key : list) {
      writer.key(key->session_id);
      write_key(writer, *key);
    }
    writer.end_object().end_object();
  };
  if (!room_id.empty()) {
    write_sessions(by_room[room_id]);
    co_return Response::json(std::move(out));
  }
  writer.begin_object().key("rooms").begin_object();
  for (auto& [id, list] : by_room) {
    writer.key(id);
    write_sessions(list);
  }
  writer.end_object().end_object();
  co_return Response::json(std::move(out));
}

Answer delete_keys(Chat& chat, Caller caller, http::Request& request) {
  auto version = CO_TRY(wanted_version(request));
  std::string room_id(request.parameter("room_id")), session_id(request.parameter("session_id"));
  auto changed = CO_TRY(co_await chat.context.database.write(
      [number = caller.user->number, version, room_id, session_id](store::Transaction& transaction) {
        return key_backup::delete_keys(transaction, number, version, room_id, session_id);
      }));
  co_return count_answer(changed);
}

}  // namespace

void add_key_backup_routes(Door& door) {
  door.v3("GET", "/room_keys/version", get_latest);
  door.v3("POST", "/room_keys/version", post_version);
  door.v3("GET", "/room_keys/version/{version}", get_version);
  door.v3("PUT", "/room_keys/version/{version}", put_version);
  door.v3("DELETE", "/room_keys/version/{version}", delete_version);
  Door::Options big{.max_body_bytes = max_backup_body};
  for (auto path :
       {"/room_keys/keys", "/room_keys/keys/{room_id}", "/room_keys/keys/{room_id}/{session_id}"}) {
    door.v3("GET", path, get_keys);
    door.v3("PUT", path, put_keys, big);
    door.v3("DELETE", path, delete_keys);
  }
}

}  // namespace parvis::chat
