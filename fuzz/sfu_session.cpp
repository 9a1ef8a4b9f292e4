// What two clients with keys may do to a room: RTP and RTCP that decrypt, repairs, feedback, raw datagrams,
// time. The first byte chooses the codec; then actions, each a byte, a length (one byte) and its bytes.
#define DOCTEST_CONFIG_DISABLE
#include "engine/sfu/media_loop_testing.h"

using namespace parvis;
using namespace parvis::sfu;

namespace {

constexpr uint8_t media_type = 96, repair_type = 97;
constexpr size_t max_actions = 200;

ExtensionIds all_extensions() {
  return {.mid = 1,
          .rid = 2,
          .repaired_rid = 3,
          .transport_sequence = 4,
          .absolute_send_time = 5,
          .audio_level = 6,
          .absolute_capture_time = 7,
          .dependency_descriptor = 8,
          .video_orientation = 9,
          .playout_delay = 10};
}

struct Session : testing::Room {
  explicit Session(uint8_t choice) {
    connect();
    Codec codec = std::array{Codec::vp8, Codec::vp9, Codec::h264, Codec::av1}[choice & 3];
    bool simulcast = choice & 4;
    CodecOptions coded{.codec = codec,
                       .payload_type = media_type,
                       .rtx_payload_type = repair_type,
                       .clock_rate = 90'000,
                       .parameters = {}};
    ReceiverOptions camera{.kind = Kind::video, .mid = "1", .codecs = {coded}, .layers = {}};
    if (simulcast) camera.layers = {{.rid = "q"}, {.rid = "h"}, {.rid = "f"}};
    camera.extensions = all_extensions();
    loop.add_receiver(TrackId{10}, alice.local.id, camera);
    SenderOptions out{.mid = "5", .codecs = {coded}};
    out.extensions = all_extensions();
    loop.add_sender({SenderId{20}, 0xb0b, 0xb0c}, bob.local.id, TrackId{10}, out);
    CodecOptions opus{.codec = Codec::opus, .payload_type = 111, .clock_rate = 48'000, .parameters = {}};
    ReceiverOptions voice{.kind = Kind::audio, .mid = "0", .codecs = {opus}, .layers = {}};
    voice.extensions = all_extensions();
    loop.add_receiver(TrackId{11}, alice.local.id, voice);
    SenderOptions heard{.mid = "6", .codecs = {opus}};
    heard.extensions = all_extensions();
    loop.add_sender({SenderId{21}, 0xa0d, 0}, bob.local.id, TrackId{11}, heard);
    if (choice & 8) loop.set_send_limit(bob.local.id, 100'000);
  }
  void act(uint8_t action, Bytes bytes) {
    uint8_t first = bytes.empty() ? 0 : bytes.front();
    switch (action % 8) {
      case 0:
      case 1:
        return send(alice, std::move(bytes));
      case 2:
        return send_rtcp(alice, std::move(bytes));
      case 3:
        return send_rtcp(bob, std::move(bytes));
      case 4:
        now = now + int64_t{first} * 10'000;
        loop.tick(now);
        return pump();
      case 5:
        loop.on_datagram(action & 8 ? alice.peer : bob.peer, bytes, now);
        loop.on_batch_end(now);
        return pump();
      case 6:
        return loop.set_layer_limit(SenderId{20}, {.spatial = first});
      default:
        return loop.set_muted(TrackId{uint64_t{10} + (first & 1)}, first & 2);
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  Session session(data[0]);
  size_t at = 1;
  for (size_t count = 0; count < max_actions && at + 2 <= size; ++count) {
    size_t length = std::min<size_t>(data[at + 1], size - at - 2);
    session.act(data[at], Bytes(data + at + 2, data + at + 2 + length));
    at += 2 + length;
  }
  return 0;
}
