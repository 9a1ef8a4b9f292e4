#include "module/meetings/access_token.h"

#include "base/json.h"
#include "module/meetings/reasons.h"

namespace parvis {

std::string write_access_token(const AccessToken& token, std::string_view secret, Instant now) {
  const livekit::Grant& grant = token.grant;
  std::string claims;
  json::Writer out(claims);
  int64_t seconds = now.ms / 1000;
  out.begin_object().field("iss", token_issuer).field("sub", grant.identity).field("name", grant.name);
  out.field("nbf", seconds - token_clock_skew_s).field("exp", seconds + token_lifetime_s);
  out.field("metadata", grant.metadata).key("attributes").begin_object();
  for (const auto& [key, value] : grant.attributes) out.field(key, value);
  out.end_object();
  if (token.needs_images) out.field("needsImages", true);
  const auto& permission = grant.permission;
  out.key("video").begin_object().field("room", grant.room).field("roomJoin", true);
  out.field("canPublish", permission.publish).field("canSubscribe", permission.subscribe);
  out.field("canPublishData", permission.publish_data);
  out.field("canUpdateOwnMetadata", permission.update_own_metadata);
  out.field("canUpdateOwnAttributes", permission.update_own_attributes);  // ours: others ignore it
  out.field("roomAdmin", permission.room_admin).field("hidden", permission.hidden);
  if (!permission.publish_sources.empty()) {
    out.key("canPublishSources").begin_array();
    for (auto source : permission.publish_sources) out.value(livekit::source_name(source));
    out.end_array();
  }
  out.end_object().end_object();
  return sign_token(claims, secret);
}

Result<AccessToken> read_access_token(std::string_view token, std::string_view secret, Instant now,
                                      TokenAge age) {
  auto claims = TRY(read_token(token, secret, now, age));
  if (!claims.room_join || claims.room.empty() || claims.identity.empty())
    return fail(meeting_reasons::token, "room or sub");
  return AccessToken{.grant = {.room = std::move(claims.room),
                               .identity = std::move(claims.identity),
                               .name = std::move(claims.name),
                               .metadata = std::move(claims.metadata),
                               .attributes = std::move(claims.attributes),
                               .permission = std::move(claims.permission)},
                     .needs_images = claims.needs_images};
}

}  // namespace parvis
