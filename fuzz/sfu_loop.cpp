// Datagrams (each led by its length, two bytes) from one peer to a loop with a waiting transport.
#include "engine/sfu/media_loop.h"

using namespace parvis;
using namespace parvis::sfu;

namespace {

struct Nowhere final : DatagramSender {
  std::array<uint8_t, max_datagram> buffer;
  std::span<uint8_t, max_datagram> space() override { return buffer; }
  void push(const Peer&, size_t) override {}
  void flush() override {}
};
struct Silent final : LoopEvents {
  void on_state(TransportId, State, CloseReason) override {}
  void on_track_started(TrackId, const std::string&) override {}
  void on_layer(SenderId, LayerLimit) override {}
  void on_speakers(uint64_t, const std::vector<SpeakerLevel>&) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto certificate = *Certificate::make();
  Nowhere out;
  Silent events;
  MediaLoop loop(certificate, Limits{}, out, events);
  LocalTransport local{.id = TransportId{1}, .ice_ufrag = "u", .ice_pwd = "p"};
  loop.create_transport(local, 1, {});
  loop.set_remote(local.id, {"c", "d", certificate->fingerprint()});
  Peer peer;
  peer.port = 1;
  while (size > 2) {
    size_t length = std::min(size - 2, size_t{data[0]} << 8 | data[1]);
    Bytes datagram(data + 2, data + 2 + length);
    loop.on_datagram(peer, datagram, {});
    loop.on_batch_end({});
    data += 2 + length;
    size -= 2 + length;
  }
  loop.tick({seconds_us(1)});
  return 0;
}
