#include "module/chat/key_store.h"

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/errors.h"

namespace parvis::chat::key_store {
namespace {

using store::Statement;
const Statement get_device{"chat.key.device",
                           "select keys from chat_device_key where user_number = $1 and device_id = $2"};
const Statement put_device{
    "chat.key.put_device",
    "insert into chat_device_key(user_number, device_id, keys) values ($1, $2, $3) on conflict "
    "(user_number, device_id) do update set keys = excluded.keys"};
const Statement get_one_time{
    "chat.key.one_time",
    "select content from chat_one_time_key where user_number = $1 and device_id = $2 and algorithm = "
    "$3 and key_id = $4"};
const Statement insert_one_time{
    "chat.key.insert_one_time",
    "insert into chat_one_time_key(sequence, user_number, device_id, algorithm, key_id, content) "
    "select coalesce(max(sequence), 0) + 1, $1, $2, $3, $4, $5 from chat_one_time_key"};
const Statement put_fallback{
    "chat.key.put_fallback",
    "insert into chat_fallback_key(user_number, device_id, algorithm, key_id, content, used) values "
    "($1, $2, $3, $4, $5, 0) on conflict (user_number, device_id, algorithm) do update set key_id = "
    "excluded.key_id, content = excluded.content, used = 0"};
const Statement counts{
    "chat.key.counts",
    "select algorithm, count(*) from chat_one_time_key where user_number = $1 and device_id = $2 group by "
    "algorithm"};
const Statement unused{
    "chat.key.unused",
    "select algorithm from chat_fallback_key where user_number = $1 and device_id = $2 and used = 0"};
const Statement all_devices{"chat.key.devices",
                            "select device_id, keys from chat_device_key where user_number = $1"};
const Statement all_cross{"chat.key.cross",
                          "select usage, content from chat_cross_signing_key where user_number = $1"};
const Statement put_cross{
    "chat.key.put_cross",
    "insert into chat_cross_signing_key(user_number, usage, content) values ($1, $2, $3) on conflict "
    "(user_number, usage) do update set content = excluded.content"};
const Statement all_signatures{
    "chat.key.signatures",
    "select s.key_id, u.user_id, s.signatures from chat_key_signature s join chat_user u on u.number "
    "= s.signer where s.target = $1 and (s.signer = $1 or s.signer = $2)"};
const Statement put_signature{
    "chat.key.put_signature",
    "insert into chat_key_signature(target, key_id, signer, signatures) values ($1, $2, $3, $4) on "
    "conflict (target, key_id, signer) do update set signatures = excluded.signatures"};
const Statement oldest_one_time{
    "chat.key.oldest",
    "select sequence, key_id, content from chat_one_time_key where user_number = $1 and device_id "
    "= $2 and algorithm = $3 order by sequence limit 1"};
const Statement delete_one_time{"chat.key.delete_one_time",
                                "delete from chat_one_time_key where sequence = $1"};
const Statement get_fallback{
    "chat.key.fallback",
    "select key_id, content from chat_fallback_key where user_number = $1 and device_id = $2 and "
    "algorithm = $3"};
const Statement use_fallback{
    "chat.key.use_fallback",
    "update chat_fallback_key set used = 1 where user_number = $1 and device_id = $2 and algorithm = "
    "$3"};
const Statement forget_keys{"chat.key.forget",
                            "delete from chat_device_key where user_number = $1 and device_id = $2"};
const Statement forget_one_time{"chat.key.forget_one_time",
                                "delete from chat_one_time_key where user_number = $1 and device_id = $2"};
const Statement forget_fallback{"chat.key.forget_fallback",
                                "delete from chat_fallback_key where user_number = $1 and device_id = $2"};
const Statement forget_messages{"chat.key.forget_messages",
                                "delete from chat_to_device where user_number = $1 and device_id = $2"};
const Statement forget_signatures{"chat.key.forget_signatures",
                                  "delete from chat_key_signature where target = $1 and key_id = $2"};

// Signatures of others, merged into the object's own.
void merge_signatures(json::Value& object, std::string_view signer, std::string_view signatures) {
  auto parsed = json::parse(signatures);
  if (!parsed || !parsed->is_object()) return;
  auto& all = object.get_object()["signatures"];
  if (!all.is_object()) all = json::Object();
  auto& mine = all.get_object()[signer];
  if (!mine.is_object()) mine = json::Object();
  for (auto& member : parsed->get_object()) mine.get_object()[member.key()] = member.value();
}

// The public part that names a cross-signing key: {"ed25519:KEY": "KEY"}.
std::string public_part(const json::Value& key) {
  auto* keys = json::object(key, "keys");
  if (!keys || keys->empty()) return {};
  std::string_view name = keys->begin()->key();
  size_t colon = name.find(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

}  // namespace

Result<Uploaded> upload(store::Transaction& transaction, const Upload& upload) {
  Uploaded out;
  if (!upload.device_keys.empty()) {
    auto before = TRY(transaction.query(get_device, upload.user, upload.device_id));
    out.keys_changed = before.empty() || before.text(0, 0) != upload.device_keys;
    if (out.keys_changed)
      TRY(transaction.execute(put_device, upload.user, upload.device_id, upload.device_keys));
  }
  for (auto& key : upload.one_time) {
    auto before = TRY(transaction.query(get_one_time, upload.user, upload.device_id, key.algorithm, key.id));
    if (!before.empty()) {
      if (before.text(0, 0) != key.content)
        return fail(mx::errors::invalid_param, "one-time key " + key.id + " exists");
      continue;
    }
    TRY(transaction.execute(insert_one_time, upload.user, upload.device_id, key.algorithm, key.id,
                            key.content));
  }
  for (auto& key : upload.fallback)
    TRY(transaction.execute(put_fallback, upload.user, upload.device_id, key.algorithm, key.id, key.content));
  auto rows = TRY(transaction.query(counts, upload.user, upload.device_id));
  for (size_t i = 0; i < rows.size(); ++i)
    out.one_time_counts[std::string(rows.text(i, 0))] = rows.integer(i, 1);
  auto left = TRY(transaction.query(unused, upload.user, upload.device_id));
  for (size_t i = 0; i < left.size(); ++i) out.unused_fallback.insert(std::string(left.text(i, 0)));
  return out;
}

Result<std::string> query(store::Reader& reader, const std::vector<Query>& queries, UserNumber asker) {
  json::Object devices, masters, self_signing, user_signing;
  for (auto& one : queries) {
    auto signatures = TRY(reader.query(all_signatures, one.user, asker));
    auto sign = [&](json::Value& object, std::string_view key_id) {
      for (size_t i = 0; i < signatures.size(); ++i)
        if (signatures.text(i, 0) == key_id)
          merge_signatures(object, signatures.text(i, 1), signatures.text(i, 2));
    };
    auto rows = TRY(reader.query(all_devices, one.user));
    json::Object found;
    for (size_t i = 0; i < rows.size(); ++i) {
      std::string id(rows.text(i, 0));
      auto name = one.names.find(id);
      if (name == one.names.end() || (!one.devices.empty() && !one.devices.contains(id))) continue;
      auto object = TRY(json::parse(rows.text(i, 1)));
      sign(object, id);
      json::Object extra;
      extra["device_display_name"] = name->second;
      object.get_object()["unsigned"] = std::move(extra);
      found[id] = std::move(object);
    }
    devices[one.user_id] = std::move(found);
    auto cross = TRY(reader.query(all_cross, one.user));
    for (size_t i = 0; i < cross.size(); ++i) {
      auto usage = cross.text(i, 0);
      if (usage == "user_signing" && !one.own) continue;
      auto object = TRY(json::parse(cross.text(i, 1)));
      sign(object, public_part(object));
      (usage == "master"         ? masters
       : usage == "self_signing" ? self_signing
                                 : user_signing)[one.user_id] = std::move(object);
    }
  }
  json::Object body;
  body["device_keys"] = std::move(devices);
  body["failures"] = json::Object();
  body["master_keys"] = std::move(masters);
  body["self_signing_keys"] = std::move(self_signing);
  body["user_signing_keys"] = std::move(user_signing);
  std::string out;
  json::Writer(out).value(json::Value(std::move(body)));
  return out;
}

Result<Claimed> claim(store::Transaction& transaction, const std::vector<Claim>& claims) {
  Claimed out;
  json::Object people;
  for (auto& one : claims) {
    std::string key_id, content;
    bool fallback = false;
    auto rows = TRY(transaction.query(oldest_one_time, one.user, one.device_id, one.algorithm));
    if (!rows.empty()) {
      key_id = rows.text(0, 1);
      content = rows.text(0, 2);
      TRY(transaction.execute(delete_one_time, rows.integer(0, 0)));
    } else {
      auto spare = TRY(transaction.query(get_fallback, one.user, one.device_id, one.algorithm));
      if (spare.empty()) continue;
      key_id = spare.text(0, 0);
      content = spare.text(0, 1);
      fallback = true;
      TRY(transaction.execute(use_fallback, one.user, one.device_id, one.algorithm));
    }
    auto& devices = people[one.user_id];
    if (!devices.is_object()) devices = json::Object();
    json::Object key;
    key[one.algorithm + ":" + key_id] = TRY(json::parse(content));
    devices.get_object()[one.device_id] = std::move(key);
    out.taken.push_back({one.user, one.device_id, one.algorithm, fallback});
  }
  json::Object body;
  body["one_time_keys"] = std::move(people);
  body["failures"] = json::Object();
  json::Writer(out.json).value(json::Value(std::move(body)));
  return out;
}

Result<std::map<std::string, std::string>> cross_signing(store::Reader& reader, UserNumber user) {
  auto rows = TRY(reader.query(all_cross, user));
  std::map<std::string, std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) out[std::string(rows.text(i, 0))] = rows.text(i, 1);
  return out;
}

Result<void> put_cross_signing(store::Transaction& transaction, const CrossSigning& keys) {
  for (auto& [usage, content] : keys.content) TRY(transaction.execute(put_cross, keys.user, usage, content));
  return {};
}

Result<void> put_signatures(store::Transaction& transaction, const std::vector<Signature>& signatures) {
  for (auto& one : signatures)
    TRY(transaction.execute(put_signature, one.target, one.key_id, one.signer, one.signatures));
  return {};
}

Result<void> forget_device(store::Transaction& transaction, UserNumber user, std::string_view device_id) {
  TRY(transaction.execute(forget_keys, user, device_id));
  TRY(transaction.execute(forget_one_time, user, device_id));
  TRY(transaction.execute(forget_fallback, user, device_id));
  TRY(transaction.execute(forget_messages, user, device_id));
  TRY(transaction.execute(forget_signatures, user, device_id));
  return {};
}

}  // namespace parvis::chat::key_store
