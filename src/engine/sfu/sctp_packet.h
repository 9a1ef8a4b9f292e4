#pragma once
// SCTP packets as they travel inside DTLS (RFC 9260 section 3, RFC 8261), with FORWARD-TSN (RFC 3758) and
// stream reset (RFC 6525). A bounded parser whose views live as long as the packet, and a writer. Any thread.
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace parvis::sfu::sctp {

/// What a DTLS record in a datagram of 1200 bytes has room for, rounded down to four.
inline constexpr size_t max_packet = 1'152;
inline constexpr size_t packet_header = 12;
inline constexpr size_t chunk_header = 4;
inline constexpr size_t data_fields = 12;  // before the payload of a DATA chunk
inline constexpr size_t max_fragment = max_packet - packet_header - chunk_header - data_fields;
inline constexpr size_t max_chunks = 128;  // in one received packet

// Serial numbers (RFC 1982): is `a` after `b`?
inline bool later(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) > 0; }
inline bool later(uint16_t a, uint16_t b) { return static_cast<int16_t>(static_cast<uint16_t>(a - b)) > 0; }

uint32_t crc32c(ByteView bytes);

enum class ChunkType : uint8_t {
  data = 0,
  init = 1,
  init_ack = 2,
  sack = 3,
  heartbeat = 4,
  heartbeat_ack = 5,
  abort = 6,
  shutdown = 7,
  shutdown_ack = 8,
  error = 9,
  cookie_echo = 10,
  cookie_ack = 11,
  shutdown_complete = 14,
  re_config = 130,
  forward_tsn = 192,
};

enum class Cause : uint16_t {
  invalid_stream = 1,
  stale_cookie = 3,
  out_of_resource = 4,
  unrecognized_chunk = 6,
  no_user_data = 9,
  user_abort = 12,
  protocol_violation = 13,
};

struct Header {
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint32_t verification_tag = 0;
};
struct Chunk {
  ChunkType type{};  // any value a peer may send
  uint8_t flags = 0;
  ByteView value;
};
struct Packet {
  Header header;
  std::vector<Chunk> chunks;
};

struct Data {
  uint32_t tsn = 0;
  uint16_t stream = 0;
  uint16_t sequence = 0;
  uint32_t protocol = 0;  // payload protocol identifier
  bool unordered = false, begin = false, end = false, immediate = false;
  ByteView payload;
};
struct Init {
  uint32_t tag = 0;
  uint32_t window = 0;
  uint16_t outbound_streams = 0, inbound_streams = 0;
  uint32_t initial_tsn = 0;
  bool forward_tsn = false, re_config = false;  // extensions the sender knows
  ByteView cookie;                              // of an INIT ACK
  ByteView unrecognized;                        // the first parameter that has to be reported back
};
struct Range {
  uint32_t first = 0, last = 0;  // TSNs, both received
};
struct Sack {
  uint32_t cumulative = 0;
  uint32_t window = 0;
  std::vector<Range> ranges;  // absolute, above cumulative
  std::vector<uint32_t> duplicates;
};
struct Skipped {
  uint16_t stream = 0, sequence = 0;
};
struct ForwardTsn {
  uint32_t cumulative = 0;
  std::vector<Skipped> skipped;  // ordered messages
};

enum class ResetResult : uint32_t { nothing = 0, performed = 1, denied = 2, bad_number = 5, in_progress = 6 };
struct OutgoingReset {
  uint32_t request = 0, response = 0, last_tsn = 0;
  std::vector<uint16_t> streams;  // empty = all
};
struct ResetResponse {
  uint32_t request = 0;
  ResetResult result{};
};
struct ReConfig {
  std::optional<OutgoingReset> outgoing;
  std::optional<uint32_t> other_request;  // one this endpoint does not perform
  std::vector<ResetResponse> responses;   // at most two
};

/// None: no packet, a wrong checksum, a chunk that overruns, too many chunks.
std::optional<Packet> parse_packet(ByteView bytes);
std::optional<Data> parse_data(const Chunk& chunk);
std::optional<Init> parse_init(const Chunk& chunk);
std::optional<Sack> parse_sack(const Chunk& chunk);
std::optional<ForwardTsn> parse_forward_tsn(const Chunk& chunk);
std::optional<ReConfig> parse_re_config(const Chunk& chunk);

/// Writes one packet after the other into the same memory. A chunk is only written when room() has space for
/// its value, which the caller asks first.
class PacketWriter {
 public:
  void begin(const Header& header);
  bool empty() const { return bytes_.size() <= packet_header; }
  /// Bytes of value that one more chunk can have.
  size_t room() const;

  void chunk(ChunkType type, uint8_t flags = 0, ByteView value = {});
  void cause(ChunkType type, uint8_t flags, Cause cause, ByteView information = {});
  void data(const Data& data);
  void init(ChunkType type, const Init& init);
  void sack(const Sack& sack);
  void forward_tsn(const ForwardTsn& forward);
  void outgoing_reset(const OutgoingReset& reset);
  void reset_response(const ResetResponse& response);
  /// The packet with its checksum; valid until begin().
  ByteView finish();

 private:
  size_t open_chunk(ChunkType type, uint8_t flags);
  void close(size_t start);
  void u16(size_t value);
  void u32(uint32_t value);
  void append(ByteView value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }

  Bytes bytes_;
};

}  // namespace parvis::sfu::sctp
