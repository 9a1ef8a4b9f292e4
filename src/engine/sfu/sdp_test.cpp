#include <doctest/doctest.h>

#include "engine/sfu/sdp.h"

namespace parvis::sfu::sdp {
namespace {

constexpr std::string_view offer_text =
    "v=0\r\no=- 46117 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
    "a=extmap-allow-mixed\r\na=fingerprint:sha-256 "
    "AA:BB\r\na=ice-ufrag:abcd\r\na=ice-pwd:secretsecretsecretsecret\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 13\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n"
    "a=setup:actpass\r\na=msid:- mic\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=rtpmap:13 CN/8000\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=ssrc:77 cname:x\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 45\r\na=mid:1\r\na=sendonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\na=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\na=rtpmap:45 ulpfec/90000\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\na=rid:q send\r\na=rid:h send\r\na=simulcast:send "
    "q;~h\r\n"
    "m=application 9 UDP/DTLS/SCTP "
    "webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

TEST_CASE("an offer of a browser is understood, session attributes reach each section") {
  auto offer = parse(offer_text);
  REQUIRE(offer);
  REQUIRE(offer->sections.size() == 3);
  CHECK(offer->bundle == std::vector<std::string>{"0", "1", "2"});
  CHECK(offer->sections[1].ice_ufrag == "abcd");
  CHECK(offer->sections[0].track_id == "mic");
  CHECK(offer->sections[1].simulcast_send == std::vector<std::string>{"q", "h"});
  CHECK(offer->sections[2].sctp_port == 5000);
  auto layers = layers_of(offer->sections[1]);
  REQUIRE(layers.size() == 2);
  CHECK(layers[1].rid == "h");
  CHECK(layers_of(offer->sections[0])[0].ssrc == 77);
  CHECK(remote_transport(*offer)->fingerprint == "sha-256 AA:BB");
}

TEST_CASE("an answer keeps the client's numbers and only what the engine carries") {
  auto offer = parse(offer_text);
  REQUIRE(offer);
  Description reply;
  for (const auto& section : offer->sections) {
    reply.sections.push_back(answer(section));
    answer_simulcast(section, reply.sections.back());
  }
  set_transport(reply, {.id = TransportId{1},
                        .ice_ufrag = "uuuu",
                        .ice_pwd = "pppp",
                        .fingerprint = "sha-256 CC",
                        .candidates = {{"1", 100, false, "192.0.2.1", 7882}}});
  auto back = parse(write(reply));
  REQUIRE(back);
  CHECK(back->ice_lite);
  const Section& video = back->sections[1];
  CHECK(video.direction == Direction::recvonly);
  REQUIRE(video.payload_types.size() == 2);
  CHECK(video.payload_types[0].feedback == std::vector<std::string>{"nack pli", "goog-remb"});
  CHECK(video.extensions.size() == 1);
  CHECK(video.simulcast_receive == std::vector<std::string>{"q", "h"});
  CHECK(video.candidates[0] == "candidate:1 1 udp 100 192.0.2.1 7882 typ host");
  CHECK(codecs_of(video)[0].rtx_payload_type == 97);
  CHECK(extensions_of(video).mid == 4);
  CHECK(back->sections[0].payload_types.size() == 2);
  const Section& data = back->sections[2];
  CHECK(data.port == 9);
  CHECK(data.protocol == "UDP/DTLS/SCTP");
  CHECK(data.sctp_port == 5000);
  CHECK(data.max_message_size == 262'144);
  CHECK(data.setup == "passive");
  CHECK(back->bundle == std::vector<std::string>{"0", "1", "2"});
  CHECK(write(reply).find("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n") != std::string::npos);
}

TEST_CASE("a section that is offered only in the bundle is answered, a rejected one stays rejected") {
  auto offer = parse(
      "v=0\r\nm=audio 0 UDP/TLS/RTP/SAVPF 109\r\na=mid:1\r\na=bundle-only\r\na=rtpmap:109 opus/48000/2\r\n"
      "m=audio 0 UDP/TLS/RTP/SAVPF 109\r\na=mid:2\r\na=rtpmap:109 opus/48000/2\r\n");
  REQUIRE(offer);
  CHECK(answer(offer->sections[0]).port == 9);
  CHECK(answer(offer->sections[1]).port == 0);
}

TEST_CASE("what is malformed or beyond a limit is refused, a value never begins a line") {
  for (std::string_view attribute : {"rid:\r send", "rid:a/b send", "simulcast:send a;b\x01", "mid:a\rb"})
    CHECK_FALSE(parse("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=" + std::string(attribute) + "\r\n"));
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse("hello"));
  CHECK_FALSE(parse("v=0\r\nm=audio x UDP/TLS/RTP/SAVPF 0\r\n"));
  CHECK_FALSE(parse("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 300\r\n"));
  CHECK_FALSE(parse(std::string(max_bytes + 1, 'a')));
  std::string many = "v=0\r\n";
  for (size_t i = 0; i <= max_sections; ++i) many += "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
  CHECK_FALSE(parse(many));
  Description description;
  description.sections.push_back({.media = Media::audio, .mid = "0\r\na=evil"});
  CHECK(write(description).find("\na=evil") == std::string::npos);
}

}  // namespace
}  // namespace parvis::sfu::sdp
