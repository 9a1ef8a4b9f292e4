#include "module/chat/door.h"

namespace parvis::chat {
namespace {

// The application answers for missing sessions and gives errors the form of this door.
Answer run(Chat& chat, Operation operation, http::Request& request) {
  Caller caller;
  if (auto* session = session_of(request)) {
    caller.user = &chat.users.of(session->person);
    caller.session = std::shared_ptr<const Session>(request.session, session);
  }
  return operation(chat, std::move(caller), request);
}

}  // namespace

void Door::exact(std::string_view method, std::string_view path, Operation operation, Options options) {
  http::RouteOptions route;
  route.access = options.anonymous ? http::Access::anonymous : http::Access::session;
  route.traffic = options.traffic;
  route.tool = "messages";
  route.max_body_bytes = options.max_body_bytes;
  route.timeout_us = options.timeout_us;
  route.cost = options.cost;
  route.cross_origin = true;
  route.door = "matrix";
  chat_.context.router.add(method, path, route, [&chat = chat_, operation](http::Request& request) {
    return run(chat, operation, request);
  });
}

void Door::v3(std::string_view method, std::string_view path, Operation operation, Options options) {
  for (std::string_view version : {"/_matrix/client/v3", "/_matrix/client/r0", "/_matrix/client/unstable"})
    exact(method, std::string(version) + std::string(path), operation, options);
}

void Door::v1(std::string_view method, std::string_view path, Operation operation, Options options) {
  for (std::string_view version : {"/_matrix/client/v1", "/_matrix/client/unstable"})
    exact(method, std::string(version) + std::string(path), operation, options);
}

Task<Result<json::Value>> body_object(http::Request& request, bool may_be_empty, size_t max_bytes) {
  auto text = CO_TRY(co_await request.read_text(max_bytes));
  if (may_be_empty && text.find_first_not_of(" \t\r\n") == std::string::npos)
    co_return json::Value(json::Object());
  co_return mx::parse_object(text, {.max_bytes = max_bytes, .max_depth = 100});
}

http::Response empty_object() { return http::Response::json("{}"); }

Result<std::string_view> need_text(const json::Value& body, std::string_view key) {
  auto* member = json::find(body, key);
  if (!member) return fail(mx::errors::missing_param, std::string(key));
  if (!member->is_string()) return fail(mx::errors::bad_json, std::string(key) + " is not a string");
  return std::string_view(member->get_string());
}

int64_t number_query(const http::Request& request, std::string_view name, int64_t otherwise, int64_t most) {
  auto text = request.query_value(name);
  if (!text || text->empty() || text->size() > 15) return otherwise;
  int64_t number = 0;
  for (char c : *text) {
    if (c < '0' || c > '9') return otherwise;
    number = number * 10 + (c - '0');
  }
  return std::min(number, most);
}

}  // namespace parvis::chat
