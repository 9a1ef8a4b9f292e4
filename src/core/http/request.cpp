#include "core/http/request.h"

#include <algorithm>

#include "proto/ascii.h"
#include "proto/cookies.h"
#include "proto/url.h"

namespace parvis::http {

bool same_header(std::string_view a, std::string_view b) { return proto::ascii::same(a, b); }

std::string_view Request::header(std::string_view name) const {
  for (const auto& field : headers) {
    if (same_header(field.name, name)) return field.value;
  }
  return {};
}

std::string_view Request::cookie(std::string_view name) const {
  for (const auto& field : headers) {
    if (!same_header(field.name, "cookie")) continue;
    if (auto value = proto::find_cookie(field.value, name); !value.empty()) return value;
  }
  return {};
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  return proto::query_value(query, name);
}
std::vector<std::string> Request::query_values(std::string_view name) const {
  return proto::query_values(query, name);
}

Task<Result<std::string>> Request::read_text(size_t max_bytes) {
  std::string out;
  if (!body) co_return out;
  auto announced = body->content_length();
  if (announced && *announced > max_bytes) co_return fail(reasons::too_large);
  constexpr size_t step = 16 << 10;
  size_t size = 0;
  while (true) {
    // One byte more than allowed, to tell "exactly the limit" from "past it".
    size_t room =
        std::min(announced ? static_cast<size_t>(*announced) - size + 1 : step, max_bytes - size + 1);
    out.resize(size + room);
    size_t count = CO_TRY(co_await body->read({reinterpret_cast<uint8_t*>(out.data()) + size, room}));
    size += count;
    if (count == 0) break;
    if (size > max_bytes) co_return fail(reasons::too_large);
  }
  out.resize(size);
  co_return out;
}

Task<Result<json::Value>> Request::read_json(size_t max_bytes) {
  auto text = CO_TRY(co_await read_text(max_bytes));
  co_return json::parse(text, {.max_bytes = max_bytes});
}

Response& Response::set(std::string_view name, std::string_view value) {
  for (auto& [key, current] : headers) {
    if (same_header(key, name)) {
      current = value;
      return *this;
    }
  }
  return add(name, value);
}

Response& Response::add(std::string_view name, std::string_view value) {
  headers.emplace_back(name, value);
  return *this;
}

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_header(key, name)) return value;
  }
  return {};
}

Response Response::json(std::string body, int status) {
  Response out;
  out.status = status;
  out.headers.emplace_back("Content-Type", "application/json");
  out.body = std::move(body);
  return out;
}

Response Response::text(std::string body, int status) {
  Response out;
  out.status = status;
  out.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  out.body = std::move(body);
  return out;
}

Response Response::empty(int status) {
  Response out;
  out.status = status;
  return out;
}

Response Response::redirect(std::string location, int status) {
  Response out;
  out.status = status;
  out.headers.emplace_back("Location", std::move(location));
  return out;
}

}  // namespace parvis::http
