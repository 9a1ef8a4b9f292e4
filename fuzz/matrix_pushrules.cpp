// Push rules from any body (first line: kind digit), stored, read back and evaluated on the body itself.
#include "base/check.h"
#include "engine/matrix/canonical_json.h"
#include "engine/matrix/push_evaluation.h"

using namespace parvis;
using namespace parvis::matrix;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  auto kind = static_cast<RuleKind>(data[0] % rule_kind_count);
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (auto stored = PushRuleset::from_storage(text)) CHECK(PushRuleset::from_storage(stored->to_storage()));
  auto body = parse_object(text, content_limits);
  if (!body) return 0;
  PushRuleset rules;
  auto id = kind == RuleKind::room ? "!r:a.fr" : kind == RuleKind::sender ? "@a:a.fr" : "x";
  if (rules.put(kind, id, *body)) {
    auto back = PushRuleset::from_storage(rules.to_storage());
    CHECK(back && back->to_json("@a:a.fr") == rules.to_json("@a:a.fr"));
  }
  auto content = Canonical::of(*body);
  if (!content) return 0;
  EventDraft draft{.room_id = "!r:a.fr", .type = "m.room.message", .sender = "@a:a.fr", .content = &*content};
  auto built = build_event(RoomVersion::v11, draft);
  if (!built) return 0;
  PowerLevels levels(RoomVersion::v11, nullptr, &*body);
  auto compiled = compile(rules, {.legacy_mentions = true});
  PushEvent event(built->event, *body, 3, levels);
  auto first = event.evaluate(*compiled, "@b:a.fr", "Bé");
  CHECK(first == event.evaluate(*compiled, "@b:a.fr", "Bé"));
  return 0;
}
