// A session description: what parses is written, and parses again.
#include <cstdlib>

#include "engine/sfu/sdp.h"

using namespace parvis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto parsed = sfu::sdp::parse({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  sfu::sdp::Description reply;
  for (const auto& section : parsed->sections) {
    sfu::sdp::layers_of(section);
    reply.sections.push_back(sfu::sdp::answer(section));
    sfu::sdp::answer_simulcast(section, reply.sections.back());
  }
  sfu::sdp::set_transport(reply, {.candidates = {{"1", 1, false, "192.0.2.1", 1}}});
  if (!sfu::sdp::parse(sfu::sdp::write(reply))) std::abort();
  return 0;
}
