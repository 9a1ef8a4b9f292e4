#include "engine/sfu/sctp_packet.h"

#include <algorithm>
#include <array>

namespace parvis::sfu::sctp {
namespace {

constexpr size_t max_value = 16'384;  // what a DTLS record can carry at most

enum Parameter : uint16_t {
  state_cookie = 7,
  unrecognized_parameter = 8,
  outgoing_reset_request = 13,
  incoming_reset_request = 14,
  tsn_reset_request = 15,
  reset_response_parameter = 16,
  add_outgoing_request = 17,
  add_incoming_request = 18,
  supported_extensions = 0x8008,
  forward_tsn_supported = 0xc000,
};

// Eight bytes at a time: table k tells what a byte does to the checksum k bytes later.
constexpr auto tables = [] {
  std::array<std::array<uint32_t, 256>, 8> out{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0x82f6'3b78u : value >> 1;
    out[0][i] = value;
  }
  for (size_t i = 0; i < 256; ++i) {
    for (size_t k = 1; k < 8; ++k) out[k][i] = out[0][out[k - 1][i] & 255] ^ out[k - 1][i] >> 8;
  }
  return out;
}();

uint32_t update(uint32_t crc, ByteView bytes) {
  while (bytes.size() >= 8) {
    crc ^= static_cast<uint32_t>(bytes[0] | bytes[1] << 8 | bytes[2] << 16) | uint32_t{bytes[3]} << 24;
    crc = tables[7][crc & 255] ^ tables[6][crc >> 8 & 255] ^ tables[5][crc >> 16 & 255] ^
          tables[4][crc >> 24] ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^
          tables[0][bytes[7]];
    bytes = bytes.subspan(8);
  }
  for (uint8_t byte : bytes) crc = tables[0][(crc ^ byte) & 255] ^ crc >> 8;
  return crc;
}

/// The checksum over a packet whose own field counts as zero.
uint32_t checksum(ByteView packet) {
  constexpr std::array<uint8_t, 4> zero{};
  uint32_t crc = update(~0u, packet.first(8));
  return ~update(update(crc, zero), packet.subspan(packet_header));
}

uint16_t u16_at(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
uint32_t u32_at(ByteView bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 |
         bytes[at + 3];
}

size_t padded(size_t length) { return (length + 3) & ~size_t{3}; }

/// Takes one type-length-value from `left`; none when it overruns.
struct Tlv {
  uint16_t type = 0;
  ByteView value, whole;
};
std::optional<Tlv> take_parameter(ByteView& left) {
  if (left.size() < chunk_header) return std::nullopt;
  size_t length = u16_at(left, 2);
  if (length < chunk_header || length > left.size()) return std::nullopt;
  Tlv out{u16_at(left, 0), left.subspan(chunk_header, length - chunk_header), left.first(length)};
  left = left.subspan(std::min(left.size(), padded(length)));
  return out;
}

std::vector<uint16_t> streams_in(ByteView value) {
  std::vector<uint16_t> out;
  for (size_t at = 0; at + 2 <= value.size(); at += 2) out.push_back(u16_at(value, at));
  return out;
}

void read_init_parameter(const Tlv& parameter, Init& out) {
  if (parameter.type == state_cookie) out.cookie = parameter.value;
  if (parameter.type == forward_tsn_supported) out.forward_tsn = true;
  if (parameter.type != supported_extensions) return;
  auto knows = [&](ChunkType type) {
    return std::ranges::find(parameter.value, static_cast<uint8_t>(type)) != parameter.value.end();
  };
  out.re_config = knows(ChunkType::re_config);
  out.forward_tsn |= knows(ChunkType::forward_tsn);
}

bool known_in_init(uint16_t type) {
  // Addresses (5, 6, 11, 12) and the cookie's life (9) have no meaning inside DTLS, and are no error.
  return type <= 12 || type == supported_extensions || type == forward_tsn_supported;
}

}  // namespace

uint32_t crc32c(ByteView bytes) { return ~update(~0u, bytes); }

std::optional<Packet> parse_packet(ByteView bytes) {
  if (bytes.size() < packet_header + chunk_header || bytes.size() > max_value) return std::nullopt;
  uint32_t sum = checksum(bytes);
  // The one field in little-endian order (RFC 9260 appendix A).
  bool holds = bytes[8] == (sum & 255) && bytes[9] == (sum >> 8 & 255) && bytes[10] == (sum >> 16 & 255) &&
               bytes[11] == sum >> 24;
  if (!holds) return std::nullopt;
  Packet out;
  out.header = {u16_at(bytes, 0), u16_at(bytes, 2), u32_at(bytes, 4)};
  ByteView left = bytes.subspan(packet_header);
  while (!left.empty()) {
    auto chunk = take_parameter(left);
    if (!chunk || out.chunks.size() == max_chunks) return std::nullopt;
    out.chunks.push_back(
        {static_cast<ChunkType>(chunk->type >> 8), static_cast<uint8_t>(chunk->type & 255), chunk->value});
  }
  return out;
}

std::optional<Data> parse_data(const Chunk& chunk) {
  if (chunk.value.size() < data_fields) return std::nullopt;
  Data out;
  out.tsn = u32_at(chunk.value, 0);
  out.stream = u16_at(chunk.value, 4);
  out.sequence = u16_at(chunk.value, 6);
  out.protocol = u32_at(chunk.value, 8);
  out.end = chunk.flags & 1;
  out.begin = chunk.flags & 2;
  out.unordered = chunk.flags & 4;
  out.immediate = chunk.flags & 8;
  out.payload = chunk.value.subspan(data_fields);
  return out;
}

std::optional<Init> parse_init(const Chunk& chunk) {
  if (chunk.value.size() < 16) return std::nullopt;
  Init out;
  out.tag = u32_at(chunk.value, 0);
  out.window = u32_at(chunk.value, 4);
  out.outbound_streams = u16_at(chunk.value, 8);
  out.inbound_streams = u16_at(chunk.value, 10);
  out.initial_tsn = u32_at(chunk.value, 12);
  if (out.tag == 0 || out.outbound_streams == 0 || out.inbound_streams == 0) return std::nullopt;
  ByteView left = chunk.value.subspan(16);
  while (!left.empty()) {
    auto parameter = take_parameter(left);
    if (!parameter) return std::nullopt;
    read_init_parameter(*parameter, out);
    if (known_in_init(parameter->type)) continue;
    // The two highest bits say what to do with a type that is not known (RFC 9260 section 3.2.1).
    if (parameter->type & 0x4000 && out.unrecognized.empty()) out.unrecognized = parameter->whole;
    if (!(parameter->type & 0x8000)) break;
  }
  return out;
}

std::optional<Sack> parse_sack(const Chunk& chunk) {
  ByteView value = chunk.value;
  if (value.size() < 12) return std::nullopt;
  Sack out;
  out.cumulative = u32_at(value, 0);
  out.window = u32_at(value, 4);
  size_t ranges = u16_at(value, 8), duplicates = u16_at(value, 10);
  if (value.size() < 12 + 4 * (ranges + duplicates)) return std::nullopt;
  out.ranges.reserve(ranges);
  uint32_t before = out.cumulative;
  for (size_t i = 0; i < ranges; ++i) {
    Range range{out.cumulative + u16_at(value, 12 + 4 * i), out.cumulative + u16_at(value, 14 + 4 * i)};
    if (!later(range.first, before) || later(range.first, range.last)) return std::nullopt;
    before = range.last;
    out.ranges.push_back(range);
  }
  for (size_t i = 0; i < duplicates; ++i) out.duplicates.push_back(u32_at(value, 12 + 4 * (ranges + i)));
  return out;
}

std::optional<ForwardTsn> parse_forward_tsn(const Chunk& chunk) {
  if (chunk.value.size() < 4) return std::nullopt;
  ForwardTsn out{u32_at(chunk.value, 0), {}};
  for (size_t at = 4; at + 4 <= chunk.value.size(); at += 4)
    out.skipped.push_back({u16_at(chunk.value, at), u16_at(chunk.value, at + 2)});
  return out;
}

std::optional<ReConfig> parse_re_config(const Chunk& chunk) {
  ReConfig out;
  ByteView left = chunk.value;
  for (int i = 0; i < 2 && !left.empty(); ++i) {  // RFC 6525 section 3.1: one or two parameters
    auto parameter = take_parameter(left);
    if (!parameter) return std::nullopt;
    ByteView value = parameter->value;
    if (parameter->type == outgoing_reset_request && value.size() >= 12) {
      out.outgoing = {u32_at(value, 0), u32_at(value, 4), u32_at(value, 8), streams_in(value.subspan(12))};
    } else if (parameter->type == reset_response_parameter && value.size() >= 8) {
      out.responses.push_back({u32_at(value, 0), static_cast<ResetResult>(u32_at(value, 4))});
    } else if (parameter->type >= incoming_reset_request && parameter->type <= add_incoming_request &&
               value.size() >= 4) {
      out.other_request = u32_at(value, 0);
    } else {
      return std::nullopt;
    }
  }
  return out;
}

void PacketWriter::begin(const Header& header) {
  bytes_.clear();
  bytes_.reserve(max_packet);
  u16(header.source_port);
  u16(header.destination_port);
  u32(header.verification_tag);
  u32(0);
}

size_t PacketWriter::room() const {
  size_t used = bytes_.size() + chunk_header;
  return used >= max_packet ? 0 : max_packet - used;
}

void PacketWriter::u16(size_t value) {
  bytes_.push_back(static_cast<uint8_t>(value >> 8));
  bytes_.push_back(static_cast<uint8_t>(value));
}
void PacketWriter::u32(uint32_t value) {
  u16(value >> 16);
  u16(value & 0xffff);
}

size_t PacketWriter::open_chunk(ChunkType type, uint8_t flags) {
  size_t start = bytes_.size();
  bytes_.push_back(static_cast<uint8_t>(type));
  bytes_.push_back(flags);
  u16(0);
  return start;
}

/// Completes a chunk or parameter: its length does not count the padding.
void PacketWriter::close(size_t start) {
  size_t length = bytes_.size() - start;
  bytes_[start + 2] = static_cast<uint8_t>(length >> 8);
  bytes_[start + 3] = static_cast<uint8_t>(length);
  bytes_.resize(padded(bytes_.size()));
}

void PacketWriter::chunk(ChunkType type, uint8_t flags, ByteView value) {
  size_t start = open_chunk(type, flags);
  append(value);
  close(start);
}

void PacketWriter::cause(ChunkType type, uint8_t flags, Cause cause, ByteView information) {
  size_t start = open_chunk(type, flags);
  u16(static_cast<size_t>(cause));
  u16(chunk_header + information.size());
  append(information);
  close(start);
}

void PacketWriter::data(const Data& data) {
  int flags = (data.end ? 1 : 0) | (data.begin ? 2 : 0) | (data.unordered ? 4 : 0) | (data.immediate ? 8 : 0);
  size_t start = open_chunk(ChunkType::data, static_cast<uint8_t>(flags));
  u32(data.tsn);
  u16(data.stream);
  u16(data.sequence);
  u32(data.protocol);
  append(data.payload);
  close(start);
}

void PacketWriter::init(ChunkType type, const Init& init) {
  size_t start = open_chunk(type, 0);
  u32(init.tag);
  u32(init.window);
  u16(init.outbound_streams);
  u16(init.inbound_streams);
  u32(init.initial_tsn);
  auto parameter = [&](uint16_t kind, ByteView value) {
    bytes_.resize(padded(bytes_.size()));
    u16(kind);
    u16(chunk_header + value.size());
    append(value);
  };
  if (!init.cookie.empty()) parameter(state_cookie, init.cookie);
  if (init.forward_tsn) parameter(forward_tsn_supported, {});
  constexpr std::array<uint8_t, 2> extensions{static_cast<uint8_t>(ChunkType::re_config),
                                              static_cast<uint8_t>(ChunkType::forward_tsn)};
  if (init.re_config) parameter(supported_extensions, extensions);
  if (!init.unrecognized.empty() && init.unrecognized.size() + chunk_header < room())
    parameter(unrecognized_parameter, init.unrecognized);
  close(start);
}

void PacketWriter::sack(const Sack& sack) {
  size_t start = open_chunk(ChunkType::sack, 0);
  size_t space = room() < 12 ? 0 : (room() - 12) / 4;
  size_t ranges = std::min(sack.ranges.size(), space);
  size_t duplicates = std::min(sack.duplicates.size(), space - ranges);
  u32(sack.cumulative);
  u32(sack.window);
  u16(ranges);
  u16(duplicates);
  for (size_t i = 0; i < ranges; ++i) {
    u16(sack.ranges[i].first - sack.cumulative);
    u16(sack.ranges[i].last - sack.cumulative);
  }
  for (size_t i = 0; i < duplicates; ++i) u32(sack.duplicates[i]);
  close(start);
}

void PacketWriter::forward_tsn(const ForwardTsn& forward) {
  size_t start = open_chunk(ChunkType::forward_tsn, 0);
  u32(forward.cumulative);
  for (const Skipped& skipped : forward.skipped) {
    u16(skipped.stream);
    u16(skipped.sequence);
  }
  close(start);
}

void PacketWriter::outgoing_reset(const OutgoingReset& reset) {
  size_t start = open_chunk(ChunkType::re_config, 0);
  u16(outgoing_reset_request);
  u16(chunk_header + 12 + 2 * reset.streams.size());
  u32(reset.request);
  u32(reset.response);
  u32(reset.last_tsn);
  for (uint16_t stream : reset.streams) u16(stream);
  close(start);
}

void PacketWriter::reset_response(const ResetResponse& response) {
  size_t start = open_chunk(ChunkType::re_config, 0);
  u16(reset_response_parameter);
  u16(12);
  u32(response.request);
  u32(static_cast<uint32_t>(response.result));
  close(start);
}

ByteView PacketWriter::finish() {
  uint32_t sum = checksum(bytes_);
  for (size_t i = 0; i < 4; ++i) bytes_[8 + i] = static_cast<uint8_t>(sum >> 8 * i);
  return bytes_;
}

}  // namespace parvis::sfu::sctp
