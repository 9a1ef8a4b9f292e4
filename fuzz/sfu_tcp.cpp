// Bytes of one TCP connection, in pieces (each led by its length, one byte), to frames and to a loop with a
// waiting transport. However they are cut, the same frames come out.
#include "base/check.h"
#include "engine/sfu/media_loop.h"
#include "engine/sfu/stun.h"
#include "platform/framing.h"

using namespace parvis;
using namespace parvis::sfu;

namespace {

struct Nowhere final : DatagramSender {
  std::array<uint8_t, max_datagram> buffer;
  bool closed = false;
  std::span<uint8_t, max_datagram> space() override { return buffer; }
  void push(const Peer&, size_t) override {}
  void flush() override {}
  void close(const Peer&) override { closed = true; }
};
struct Silent final : LoopEvents {
  void on_state(TransportId, State, CloseReason) override {}
  void on_track_started(TrackId, const std::string&) override {}
  void on_layer(SenderId, LayerLimit) override {}
  void on_speakers(uint64_t, const std::vector<SpeakerLevel>&) override {}
};

std::vector<Bytes> frames_of(FrameReader& reader) {
  std::vector<Bytes> out;
  while (auto one = reader.next()) out.emplace_back(one->begin(), one->end());
  return out;
}

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
  peer.stream = 1;
  bool proven = size > 0 && data[0] & 1;
  if (proven) {
    Bytes check(256);
    check.resize(write_stun_request(check, Bytes(12), "u:c", "p"));
    loop.on_datagram(peer, check, {});
  }
  Bytes all, rest;
  std::vector<Bytes> pieced;
  bool broken = false;
  while (size > 1 && !broken) {
    size_t length = std::min<size_t>(size - 1, data[0]);
    rest.insert(rest.end(), data + 1, data + 1 + length);
    all.insert(all.end(), data + 1, data + 1 + length);
    FrameReader reader(rest);
    for (auto& one : frames_of(reader)) pieced.push_back(std::move(one));
    broken = reader.too_long();
    rest = Bytes(reader.rest().begin(), reader.rest().end());
    CHECK(broken || rest.size() < frame_header_bytes + max_frame_bytes);
    data += 1 + length;
    size -= 1 + length;
  }
  FrameReader whole(all);
  CHECK(frames_of(whole) == pieced);
  CHECK(whole.too_long() == broken);
  for (Bytes& frame : pieced) {
    loop.on_datagram(peer, frame, {});
    loop.on_batch_end({});
  }
  loop.tick({seconds_us(1)});
  loop.on_stream_closed(peer, {seconds_us(1)});
  loop.tick({seconds_us(2)});
  return 0;
}
