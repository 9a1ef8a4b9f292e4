#include "engine/sfu/transport_feedback.h"

#include <algorithm>

namespace parvis::sfu {
namespace {

constexpr size_t fixed_bytes = 20;
constexpr int64_t reference_us = 64'000, delta_us = 250;
constexpr uint8_t transport_feedback = 205, format = 15;
constexpr size_t max_statuses = 1'200;  // told in one packet: it fits a datagram
constexpr size_t max_reports = 8'192;   // believed in one packet: more than can be under way
constexpr uint8_t not_received = 0, small_delta = 1, large_delta = 2;

uint16_t read16(ByteView bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
void append16(Bytes& out, uint32_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}
void append32(Bytes& out, uint32_t value) {
  append16(out, value >> 16);
  append16(out, value & 0xffff);
}

/// One symbol per packet, from the chunks at `at`, which is moved behind them.
bool read_symbols(ByteView packet, size_t& at, size_t count, std::vector<uint8_t>& out) {
  while (out.size() < count) {
    if (at + 2 > packet.size()) return false;
    uint16_t chunk = read16(packet, at);
    at += 2;
    size_t left = count - out.size();
    if (!(chunk & 0x8000)) {  // run length
      out.insert(out.end(), std::min<size_t>(chunk & 0x1fff, left), static_cast<uint8_t>(chunk >> 13 & 3));
      if ((chunk & 0x1fff) == 0) return false;
      continue;
    }
    bool wide = chunk & 0x4000;
    size_t symbols = std::min<size_t>(wide ? 7 : 14, left);
    for (size_t i = 0; i < symbols; ++i) {
      out.push_back(static_cast<uint8_t>(wide ? chunk >> (12 - 2 * i) & 3 : chunk >> (13 - i) & 1));
    }
  }
  return true;
}

}  // namespace

std::optional<std::vector<PacketReport>> parse_transport_feedback(ByteView packet) {
  if (packet.size() < fixed_bytes) return std::nullopt;
  uint16_t base = read16(packet, 12);
  size_t count = read16(packet, 14);
  int64_t reference = packet[16] << 16 | packet[17] << 8 | packet[18];
  if (reference & 0x80'0000) reference -= 0x100'0000;
  std::vector<uint8_t> symbols;
  size_t at = fixed_bytes;
  if (count == 0 || count > max_reports || !read_symbols(packet, at, count, symbols)) return std::nullopt;
  std::vector<PacketReport> out;
  out.reserve(count);
  int64_t time = reference * reference_us;
  for (size_t i = 0; i < count; ++i) {
    PacketReport report{.sequence = static_cast<uint16_t>(base + i), .arrived_us = {}};
    if (symbols[i] == small_delta) {
      if (at + 1 > packet.size()) return std::nullopt;
      time += packet[at++] * delta_us;
      report.arrived_us = time;
    } else if (symbols[i] == large_delta) {
      if (at + 2 > packet.size()) return std::nullopt;
      time += static_cast<int16_t>(read16(packet, at)) * delta_us;
      at += 2;
      report.arrived_us = time;
    } else if (symbols[i] != not_received) {
      return std::nullopt;
    }
    out.push_back(report);
  }
  return out;
}

void ArrivalLog::add(uint16_t sequence, Monotonic now) {
  int64_t extended = sequence;
  if (highest_ >= 0)
    extended = highest_ + static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_ & 0xffff));
  if (extended < 0) return;
  highest_ = std::max(highest_, extended);
  if (next_ >= 0 && extended < next_) return;  // told as lost: a late packet changes nothing
  if (arrivals_.size() >= max_pending) arrivals_.erase(arrivals_.begin());
  arrivals_.emplace(extended, now);
}

Bytes ArrivalLog::take(uint32_t sender_ssrc, uint32_t media_ssrc) {
  if (arrivals_.empty()) return {};
  int64_t base = arrivals_.begin()->first;
  // Packets between what was told last and the first arrival are told as lost, as far as they fit.
  if (next_ >= 0 && base - next_ < static_cast<int64_t>(max_statuses) / 2) base = next_;
  int64_t reference = arrivals_.begin()->second.us / reference_us;
  int64_t time = reference * reference_us;
  std::vector<uint8_t> symbols;
  Bytes deltas;
  int64_t sequence = base;
  for (auto it = arrivals_.begin(); it != arrivals_.end();) {
    auto [arrived, when] = *it;
    int64_t ticks = (when.us - time) / delta_us;
    bool fits = ticks >= -0x8000 && ticks <= 0x7fff && arrived - base < static_cast<int64_t>(max_statuses) &&
                deltas.size() < 900;
    if (!fits) break;
    symbols.insert(symbols.end(), static_cast<size_t>(arrived - sequence), not_received);
    sequence = arrived + 1;
    bool small = ticks >= 0 && ticks <= 0xff;
    symbols.push_back(small ? small_delta : large_delta);
    if (small) {
      deltas.push_back(static_cast<uint8_t>(ticks));
    } else {
      append16(deltas, static_cast<uint16_t>(static_cast<int16_t>(ticks)));
    }
    time += ticks * delta_us;
    it = arrivals_.erase(it);
  }
  if (symbols.empty()) {  // the first gap is too long for one packet: begin behind it
    next_ = -1;
    return {};
  }
  next_ = sequence;
  Bytes out{0x80 | format, transport_feedback, 0, 0};
  append32(out, sender_ssrc);
  append32(out, media_ssrc);
  append16(out, static_cast<uint16_t>(base));
  append16(out, static_cast<uint16_t>(symbols.size()));
  append32(out, static_cast<uint32_t>(reference & 0xff'ffff) << 8 | count_++);
  for (size_t i = 0; i < symbols.size(); i += 7) {
    uint32_t chunk = 0xc000;
    for (size_t j = 0; j < 7 && i + j < symbols.size(); ++j)
      chunk |= static_cast<uint32_t>(symbols[i + j]) << (12 - 2 * j);
    append16(out, chunk);
  }
  out.insert(out.end(), deltas.begin(), deltas.end());
  size_t padding = (4 - out.size() % 4) % 4;
  if (padding) {
    out[0] |= 0x20;
    out.insert(out.end(), padding - 1, uint8_t{0});
    out.push_back(static_cast<uint8_t>(padding));
  }
  size_t words = out.size() / 4 - 1;
  out[2] = static_cast<uint8_t>(words >> 8);
  out[3] = static_cast<uint8_t>(words);
  return out;
}

}  // namespace parvis::sfu
