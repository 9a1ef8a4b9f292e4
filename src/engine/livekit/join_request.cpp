#include "engine/livekit/join_request.h"

#include <charconv>

#include "proto/gzip.h"

namespace parvis::livekit {
namespace {

/// Both alphabets of base64 are met, with and without padding.
std::optional<Bytes> decode_base64(std::string_view text) {
  Bytes out;
  if (from_base64(text, Base64::url_unpadded, out)) return out;
  if (from_base64(text, Base64::standard_unpadded, out)) return out;
  return std::nullopt;
}

Result<Joining> parse_single(const std::string& text) {
  auto bytes = decode_base64(text);
  wire::WrappedJoinRequest wrapped;
  if (!bytes || !wrapped.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) {
    return fail(reasons::malformed_join, "join_request");
  }
  std::string inner = wrapped.join_request();
  if (wrapped.compression() == wire::WrappedJoinRequest::GZIP) {
    auto unzipped = proto::gunzip(inner, max_join_request_bytes);
    if (!unzipped) return fail(reasons::malformed_join, "gzip");
    inner = std::move(*unzipped);
  }
  Joining out;
  if (!out.request.ParseFromString(inner)) return fail(reasons::malformed_join, "JoinRequest");
  out.client = out.request.client_info();
  out.auto_subscribe = out.request.connection_settings().auto_subscribe();
  out.reconnect = out.request.reconnect();
  out.participant_sid = out.request.participant_sid();
  return out;
}

Joining parse_dual(const std::map<std::string, std::string>& parameters) {
  auto get = [&](const char* name) -> std::string {
    auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
  };
  auto number = [&](const char* name) {
    int value = 0;
    std::string text = get(name);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  auto flag = [](const std::string& text) { return text == "1" || text == "true"; };
  Joining out;
  out.single_connection = false;
  std::string automatic = get("auto_subscribe");
  out.auto_subscribe = automatic.empty() || flag(automatic);
  out.reconnect = flag(get("reconnect"));
  out.participant_sid = get("sid");
  out.client.set_protocol(number("protocol"));
  out.client.set_client_protocol(number("client_protocol"));
  out.client.set_version(get("version"));
  out.client.set_browser(get("browser"));
  out.client.set_os(get("os"));
  return out;
}

}  // namespace

Result<Joining> parse_join(const JoinQuery& query) {
  if (query.single_connection) return parse_single(query.join_request);
  return parse_dual(query.parameters);
}

}  // namespace parvis::livekit
