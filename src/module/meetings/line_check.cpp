// A room where one browser measures its line to this server, before it enters a meeting.
#include "core/secret.h"
#include "module/meetings/access_token.h"
#include "module/meetings/meetings.h"

namespace parvis {

Meetings::Check Meetings::new_check() const {
  livekit::Grant grant{.room = std::string(check_prefix) + new_secret(context_.env.random),
                       .identity = "1",
                       .name = "",
                       .metadata = "",
                       .attributes = {},
                       .permission = {.publish = false, .publish_sources = {}}};
  Check out{.first = write_access_token({.grant = grant}, secret_, context_.env.clock.now()), .second = {}};
  grant.identity = "2";
  out.second = write_access_token({.grant = grant}, secret_, context_.env.clock.now());
  return out;
}

Task<Result<Meetings::Check>> Meetings::check_line(Actor actor, std::string id) {
  CO_TRY(co_await readable(actor, std::move(id)));
  co_return new_check();
}

Task<Result<Meetings::Check>> Meetings::guest_check_line(std::string id, std::string key) {
  CO_TRY(co_await guest_view(std::move(id), std::move(key)));
  co_return new_check();
}

Task<void> Meetings::end_check(std::string room) {
  co_await context_.env.loop.sleep_for_us(check_lasts_us);
  (void)server_->delete_room(room);  // mostly gone by itself
}

}  // namespace parvis
