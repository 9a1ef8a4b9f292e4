// One datagram to the parsers of media: STUN, RTP with extensions, SRTP, feedback.
#include "engine/sfu/rtp.h"
#include "engine/sfu/srtp.h"
#include "engine/sfu/stun.h"
#include "engine/sfu/transport_feedback.h"

using namespace parvis;
using namespace parvis::sfu;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteView bytes(data, size);
  protocol_of(bytes);
  if (auto request = parse_stun_request(bytes)) stun_integrity_holds(bytes, *request, "password");
  if (auto header = parse_rtp(bytes)) {
    for (uint8_t id = 1; id < 16; ++id) extension(bytes, *header, id);
  }
  parse_transport_feedback(bytes);
  for (auto profile : {SrtpProfile::aead_aes_128_gcm, SrtpProfile::aes128_cm_sha1_80}) {
    Srtp srtp({.profile = profile});
    Bytes rtp(bytes.begin(), bytes.end()), rtcp = rtp;
    srtp.unprotect_rtp(rtp);
    srtp.unprotect_rtcp(rtcp);
  }
  return 0;
}
