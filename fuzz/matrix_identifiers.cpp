// Identifiers: whatever is accepted is in bounds and made of the parts that it names.
#include "base/check.h"
#include "engine/matrix/glob.h"
#include "engine/matrix/identifiers.h"

using namespace parvis;
using namespace parvis::matrix;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto id = parse_user_id(text)) {
    CHECK(text.size() <= max_identifier_bytes);
    CHECK(make_user_id(id->localpart, id->server) == text);
    CHECK(server_of(text) == id->server && localpart_of(text) == id->localpart);
  }
  if (parse_room_id(text)) CHECK(text.starts_with('!') && text.size() <= max_identifier_bytes);
  (void)parse_alias(text);
  (void)parse_mxc(text);
  (void)valid_event_id(text);
  (void)valid_namespaced(text);
  (void)valid_server_name(text);
  auto mapped = map_to_localpart(text);
  if (!mapped.empty() && mapped.size() < 200) CHECK(valid_new_localpart(mapped, "a.fr"));
  auto half = text.substr(0, size / 2);
  (void)Glob(half).matches(text.substr(size / 2));
  (void)Glob(half).matches_word(text.substr(size / 2));
  return 0;
}
