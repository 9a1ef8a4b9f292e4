#pragma once
// The SQL of end-to-end keys. Runs on reader or writer threads.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "module/chat/model.h"
#include "store/database.h"

namespace parvis::chat::key_store {

struct NamedKey {
  std::string algorithm, id, content;
};
struct Upload {
  UserNumber user;
  std::string device_id;
  std::string device_keys;  // "" none
  std::vector<NamedKey> one_time, fallback;
};
struct Uploaded {
  std::map<std::string, int64_t> one_time_counts;
  std::set<std::string> unused_fallback;
  bool keys_changed = false;
};
/// A one-time key of the same id with other content is errors::invalid_param.
Result<Uploaded> upload(store::Transaction& transaction, const Upload& upload);

struct Query {
  UserNumber user;
  std::string user_id;
  bool own = false;
  std::set<std::string> devices;             // empty: all
  std::map<std::string, std::string> names;  // of sessions that exist now
};
/// The body of POST /keys/query, with the signatures that the asker may see.
Result<std::string> query(store::Reader& reader, const std::vector<Query>& queries, UserNumber asker);

struct Claim {
  UserNumber user;
  std::string user_id, device_id, algorithm;
};
struct Claimed {
  struct Taken {
    UserNumber user;
    std::string device_id, algorithm;
    bool fallback;
  };
  std::string json;
  std::vector<Taken> taken;
};
Result<Claimed> claim(store::Transaction& transaction, const std::vector<Claim>& claims);

struct CrossSigning {
  UserNumber user;
  std::map<std::string, std::string> content;  // usage → key
};
Result<std::map<std::string, std::string>> cross_signing(store::Reader& reader, UserNumber user);
Result<void> put_cross_signing(store::Transaction& transaction, const CrossSigning& keys);

struct Signature {
  UserNumber target;
  std::string key_id;
  UserNumber signer;
  std::string signatures;  // {"ed25519:…": "…"}
};
Result<void> put_signatures(store::Transaction& transaction, const std::vector<Signature>& signatures);

/// A device is gone: its keys and waiting messages too.
Result<void> forget_device(store::Transaction& transaction, UserNumber user, std::string_view device_id);

}  // namespace parvis::chat::key_store
