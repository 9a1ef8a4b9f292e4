#pragma once
// The Matrix door: how handlers are registered, who calls them, and how errors look. Each operation answers
// under every version prefix that clients use (r0, v3, v1, unstable).
#include <initializer_list>

#include "core/http/router.h"
#include "engine/matrix/errors.h"
#include "module/chat/chat.h"

namespace parvis::chat {

struct Caller {
  User* user = nullptr;  // nullptr on anonymous routes
  std::shared_ptr<const Session> session;
  std::string transaction(std::string_view txn) const { return session->device_id + "|" + std::string(txn); }
};

using Answer = Task<Result<http::Response>>;
using Operation = Answer (*)(Chat&, Caller, http::Request&);

class Door {
 public:
  explicit Door(Chat& chat) : chat_(chat) {}

  struct Options {
    bool anonymous = false;
    uint64_t max_body_bytes = 128 << 10;
    int64_t timeout_us = seconds_us(30);
    double cost = 1;
    http::TrafficClass traffic = http::TrafficClass::interactive;
  };
  /// /_matrix/client/{r0,v3,unstable}<path>
  void v3(std::string_view method, std::string_view path, Operation operation) {
    v3(method, path, operation, Options());
  }
  void v3(std::string_view method, std::string_view path, Operation operation, Options options);
  /// /_matrix/client/{v1,unstable}<path>
  void v1(std::string_view method, std::string_view path, Operation operation) {
    v1(method, path, operation, Options());
  }
  void v1(std::string_view method, std::string_view path, Operation operation, Options options);
  void exact(std::string_view method, std::string_view path, Operation operation) {
    exact(method, path, operation, Options());
  }
  void exact(std::string_view method, std::string_view path, Operation operation, Options options);

 private:
  Chat& chat_;
};

/// The body as a JSON object; an empty body is {} when `may_be_empty`.
Task<Result<json::Value>> body_object(http::Request& request, bool may_be_empty = false,
                                      size_t max_bytes = mx::max_event_bytes);
http::Response empty_object();
/// Required text member of a body: M_MISSING_PARAM / M_BAD_JSON.
Result<std::string_view> need_text(const json::Value& body, std::string_view key);
/// Positive integer query parameter, at most `most`; `otherwise` when absent or malformed.
int64_t number_query(const http::Request& request, std::string_view name, int64_t otherwise, int64_t most);

// Each file of routes has one of these.
void add_session_routes(Door& door);
void add_server_routes(Door& door);
void add_room_routes(Door& door);
void add_membership_routes(Door& door);
void add_send_routes(Door& door);
void add_state_routes(Door& door);
void add_history_routes(Door& door);
void add_relation_routes(Door& door);
void add_sync_routes(Door& door);
void add_receipt_routes(Door& door);
void add_account_data_routes(Door& door);
void add_push_routes(Door& door);
void add_profile_routes(Door& door);
void add_device_routes(Door& door);
void add_directory_routes(Door& door);
void add_hierarchy_routes(Door& door);
void add_media_routes(Door& door);
void add_search_routes(Door& door);
void add_key_routes(Door& door);
void add_key_backup_routes(Door& door);
void add_to_device_routes(Door& door);
void add_house_routes(Chat& chat);  // /api/v1

}  // namespace parvis::chat
