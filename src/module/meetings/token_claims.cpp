#include "module/meetings/token_claims.h"

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

struct TokenParts {
  std::string_view head, claims, signed_part, signature;
};
Result<TokenParts> split(std::string_view token) {
  size_t first = token.find('.'), last = token.rfind('.');
  if (token.size() > max_token_bytes || first == std::string_view::npos || last == first)
    return fail(meeting_reasons::token, "parts");
  return TokenParts{token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(0, last),
                    token.substr(last + 1)};
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
  if (const auto* sources = json::array(video, "canPublishSources")) {
    for (const auto& one : *sources) {
      auto source = one.is_string() ? livekit::parse_source(std::string_view(one.as_string())) : std::nullopt;
      if (source) out.publish_sources.push_back(*source);
    }
    // Sources that we do not know are no leave to publish the others.
    if (!sources->empty() && out.publish_sources.empty()) out.publish = false;
  }
  return out;
}

}  // namespace

Result<std::string> token_issuer_of(std::string_view token) {
  return text_of(TRY(decoded(TRY(split(token)).claims)), "iss");
}

Result<TokenClaims> read_token(std::string_view token, std::string_view secret, Instant now, TokenAge age) {
  auto refuse = [](const char* why) { return fail(meeting_reasons::token, why); };
  auto parts = TRY(split(token));
  if (!equal_secret(as_bytes(signature(parts.signed_part, secret)), as_bytes(parts.signature)))
    return refuse("signature");
  if (text_of(TRY(decoded(parts.head)), "alg") != "HS256") return refuse("alg");
  auto claims = TRY(decoded(parts.claims));
  int64_t seconds = now.ms / 1000;
  auto from = json::integer(claims, "nbf"), until = json::integer(claims, "exp");
  bool expired = age == TokenAge::valid && until && *until + token_clock_skew_s < seconds;
  if (!until || expired) return refuse("exp");
  if (from && *from > seconds + token_clock_skew_s) return refuse("nbf");
  const json::Value* video = json::find(claims, "video");
  if (!video || !video->is_object()) return refuse("video");
  auto granted = [&](std::string_view key) { return json::boolean(*video, key).value_or(false); };
  TokenClaims out{.identity = text_of(claims, "sub"),
                  .name = text_of(claims, "name"),
                  .metadata = text_of(claims, "metadata"),
                  .attributes = {},
                  .room = text_of(*video, "room"),
                  .destination_room = text_of(*video, "destinationRoom"),
                  .room_join = granted("roomJoin"),
                  .room_create = granted("roomCreate"),
                  .room_list = granted("roomList"),
                  .room_admin = granted("roomAdmin"),
                  .needs_images = json::boolean(claims, "needsImages").value_or(false),
                  .permission = permission_of(*video)};
  if (const auto* attributes = json::object(claims, "attributes")) {
    for (const auto& [key, value] : *attributes) {
      if (value.is_string()) out.attributes[std::string(key)] = std::string(value.as_string());
    }
  }
  return out;
}

std::string sign_token(std::string_view claims, std::string_view secret) {
  std::string signed_part = encoded(R"({"alg":"HS256","typ":"JWT"})") + "." + encoded(claims);
  return signed_part + "." + signature(signed_part, secret);
}

}  // namespace parvis
