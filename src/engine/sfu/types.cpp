#include "engine/sfu/types.h"

#include <array>
#include <utility>

namespace parvis::sfu {
namespace {

constexpr std::array<std::pair<Codec, std::string_view>, 6> names{{{Codec::opus, "opus"},
                                                                   {Codec::red, "red"},
                                                                   {Codec::vp8, "VP8"},
                                                                   {Codec::vp9, "VP9"},
                                                                   {Codec::h264, "H264"},
                                                                   {Codec::av1, "AV1"}}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Codec codec_named(std::string_view name) {
  for (auto [codec, known] : names) {
    if (known.size() != name.size()) continue;
    bool equal = true;
    for (size_t i = 0; i < name.size(); ++i) equal = equal && lower(known[i]) == lower(name[i]);
    if (equal) return codec;
  }
  return Codec::other;
}

std::string_view codec_name(Codec codec) {
  for (auto [known, name] : names) {
    if (known == codec) return name;
  }
  return "";
}

EngineStats& EngineStats::operator+=(const EngineStats& other) {
  for (auto counter :
       {&EngineStats::transports,       &EngineStats::tracks,        &EngineStats::senders,
        &EngineStats::packets_received, &EngineStats::packets_sent,  &EngineStats::packets_forwarded,
        &EngineStats::bytes_received,   &EngineStats::bytes_sent,    &EngineStats::dropped_unknown_peer,
        &EngineStats::dropped_stun,     &EngineStats::dropped_dtls,  &EngineStats::dropped_srtp,
        &EngineStats::dropped_rtp,      &EngineStats::dropped_flood, &EngineStats::dropped_queue,
        &EngineStats::tcp_connections,  &EngineStats::tcp_refused,   &EngineStats::tcp_never_proven,
        &EngineStats::tcp_malformed,    &EngineStats::retransmitted, &EngineStats::key_frames_asked,
        &EngineStats::repaired,         &EngineStats::cpu_us}) {
    this->*counter += other.*counter;
  }
  return *this;
}

std::string IceCandidate::text() const {
  return "candidate:" + foundation + " 1 " + (tcp ? "tcp " : "udp ") + std::to_string(priority) + " " + host +
         " " + std::to_string(port) + " typ host" + (tcp ? " tcptype passive" : "");
}

}  // namespace parvis::sfu
