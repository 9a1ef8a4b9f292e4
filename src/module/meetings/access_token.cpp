#include "module/meetings/access_token.h"

#include "base/bytes.h"
#include "base/json.h"
#include "core/secret.h"
#include "module/meetings/reasons.h"

namespace parvis {
namespace {

std::string encoded(std::string_view text) { return to_base64(as_bytes(text), Base64::url_unpadded); }

std::string signature(std::string_view signed_part, std::string_view secret) {
  return to_base64(hmac_sha256(secret, signed_part), Base64::url_unpadded);
}

std::string text_of(const json::Value& value, std::string_view key) {
  return std::string(json::text(value, key).value_or(""));
}

Result<json::Value> decoded(std::string_view part) {
  Bytes bytes;
  if (!from_base64(part, Base64::url_unpadded, bytes)) return fail(meeting_reasons::token, "base64");
  auto value = json::parse(as_text(bytes));
  if (!value || !value->is_object()) return fail(meeting_reasons::token, "JSON");
  return std::move(*value);
}

livekit::Permission permission_of(const json::Value& video) {
  auto granted = [&](std::string_view key, bool otherwise) {
    return json::boolean(video, key).value_or(otherwise);
  };
  livekit::Permission out{.publish = granted("canPublish", true),
                          .subscribe = granted("canSubscribe", true),
                          .publish_data = granted("canPublishData", true),
                          .update_own_metadata = granted("canUpdateOwnMetadata", false),
                          .update_own_attributes = granted("canUpdateOwnAttributes", false),
                          .hidden = granted("hidden", false),
                          .room_admin = granted("roomAdmin", false),
                          .publish_sources = {}};
  return out;
}

}  // namespace

std::string write_access_token(const livekit::Grant& grant, std::string_view secret, Instant now) {
  std::string claims;
  json::Writer out(claims);
  int64_t seconds = now.ms / 1000;
  out.begin_object().field("iss", token_issuer).field("sub", grant.identity).field("name", grant.name);
  out.field("nbf", seconds - token_clock_skew_s).field("exp", seconds + token_lifetime_s);
  out.field("metadata", grant.metadata).key("attributes").begin_object();
  for (const auto& [key, value] : grant.attributes) out.field(key, value);
  out.end_object();
  const auto& permission = grant.permission;
  out.key("video").begin_object().field("room", grant.room).field("roomJoin", true);
  out.field("canPublish", permission.publish).field("canSubscribe", permission.subscribe);
  out.field("canPublishData", permission.publish_data);
  out.field("canUpdateOwnMetadata", permission.update_own_metadata);
  out.field("canUpdateOwnAttributes", permission.update_own_attributes);  // ours: others ignore it
  out.field("roomAdmin", permission.room_admin).field("hidden", permission.hidden);
  out.end_object().end_object();
  std::string signed_part = encoded(R"({"alg":"HS256","typ":"JWT"})") + "." + encoded(claims);
  return signed_part + "." + signature(signed_part, secret);
}

Result<livekit::Grant> read_access_token(std::string_view token, std::string_view secret, Instant now) {
  auto refuse = [](const char* why) { return fail(meeting_reasons::token, why); };
  if (token.size() > max_token_bytes) return refuse("size");
  size_t first = token.find('.'), last = token.rfind('.');
  if (first == std::string_view::npos || last == first) return refuse("parts");
  auto signed_part = token.substr(0, last);
  if (!equal_secret(as_bytes(signature(signed_part, secret)), as_bytes(token.substr(last + 1))))
    return refuse("signature");
  if (text_of(TRY(decoded(token.substr(0, first))), "alg") != "HS256") return refuse("alg");
  auto claims = TRY(decoded(token.substr(first + 1, last - first - 1)));
  int64_t seconds = now.ms / 1000;
  auto from = json::integer(claims, "nbf"), until = json::integer(claims, "exp");
  if (!until || *until + token_clock_skew_s < seconds) return refuse("exp");
  if (from && *from > seconds + token_clock_skew_s) return refuse("nbf");
  const json::Value* video = json::find(claims, "video");
  if (!video || !video->is_object() || !json::boolean(*video, "roomJoin").value_or(false))
    return refuse("video");
  livekit::Grant grant{.room = text_of(*video, "room"),
                       .identity = text_of(claims, "sub"),
                       .name = text_of(claims, "name"),
                       .metadata = text_of(claims, "metadata"),
                       .attributes = {},
                       .permission = permission_of(*video)};
  if (const json::Value* attributes = json::find(claims, "attributes");
      attributes && attributes->is_object()) {
    for (const auto& [key, value] : attributes->as_object()) {
      if (value.is_string()) grant.attributes[std::string(key)] = std::string(value.as_string());
    }
  }
  if (grant.room.empty() || grant.identity.empty()) return refuse("room or sub");
  return grant;
}

}  // namespace parvis
