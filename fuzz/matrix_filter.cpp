// Filters, relations' and rooms' request bodies, and sync tokens from any bytes.
#include "base/check.h"
#include "engine/matrix/filter.h"
#include "engine/matrix/room_creation.h"
#include "engine/matrix/sync_token.h"

using namespace parvis;
using namespace parvis::matrix;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto token = SyncToken::parse(text)) CHECK(SyncToken::parse(token->text()) == token);
  auto tree = parse_object(text, {.max_bytes = max_filter_bytes});
  if (!tree) return 0;
  FilterEvent event{.type = "m.room.message", .sender = "@a:a.fr", .room_id = "!r:a.fr"};
  if (auto filter = parse_filter(*tree)) {
    (void)filter->timeline.matches(event);
    (void)filter->matches_room("!r:a.fr");
    (void)select_fields(*tree, filter->event_fields);
    if (filter->timeline.accepts_everything()) CHECK(filter->timeline.matches(event));
  }
  if (auto filter = parse_event_filter(*tree)) (void)filter->matches(event);
  if (auto request = parse_create_room(*tree))
    (void)plan_room(*request, {.creator = "@a:a.fr", .server = "a.fr"});
  return 0;
}
