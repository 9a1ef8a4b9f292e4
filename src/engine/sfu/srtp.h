#pragma once
// SRTP and SRTCP (RFC 3711, RFC 7714), one direction of one transport. In place, no allocation per packet.
// One thread.
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "base/bytes.h"

namespace parvis::sfu {

enum class SrtpProfile : uint8_t { aead_aes_128_gcm, aes128_cm_sha1_80 };

struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::aead_aes_128_gcm;
  std::array<uint8_t, 16> key{};
  std::array<uint8_t, 14> salt{};  // GCM uses 12
};

class Srtp {
 public:
  static constexpr size_t max_overhead = 20;  // bytes that protect_…() may add: tag and SRTCP index
  static constexpr size_t default_sources = 1'024;

  /// `max_sources`: distinct SSRCs; packets of further ones are refused.
  explicit Srtp(const SrtpKeys& keys, size_t max_sources = default_sources);
  ~Srtp();
  Srtp(Srtp&&) noexcept;

  /// `packet` holds `length` bytes and has room for max_overhead more. The new length; 0 = refused.
  size_t protect_rtp(std::span<uint8_t> packet, size_t length);
  size_t protect_rtcp(std::span<uint8_t> packet, size_t length);
  /// 0 = forged, replayed, too old or malformed: the packet must be dropped.
  size_t unprotect_rtp(std::span<uint8_t> packet);
  size_t unprotect_rtcp(std::span<uint8_t> packet);
  /// For sending: this SSRC will not be used again.
  void forget(uint32_t ssrc) { sources_.erase(ssrc); }

 private:
  struct Source {
    uint64_t highest = 0;  // extended sequence number (ROC << 16 | SEQ)
    uint64_t window = 0;   // bit i: highest - i was seen
    bool started = false;
  };
  struct Ciphers;
  Source* source(uint32_t ssrc);

  size_t max_sources_;
  std::unique_ptr<Ciphers> ciphers_;
  std::unordered_map<uint32_t, Source> sources_;
  std::unordered_map<uint32_t, Source> control_sources_;
  uint32_t rtcp_index_ = 0;
};

}  // namespace parvis::sfu
