#include "engine/sfu/dependency_descriptor.h"

#include <algorithm>

namespace parvis::sfu {
namespace {

constexpr size_t mandatory_bits = 24, flag_bits = 5;

class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}
  uint32_t take(size_t count) {
    uint32_t out = 0;
    for (; count > 0; --count, ++at_) {
      if (at_ / 8 >= bytes_.size()) {
        broken_ = true;
        return 0;
      }
      out = out << 1 | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1u);
    }
    return out;
  }
  bool flag() { return take(1) != 0; }
  /// ns(n) of the AV1 specification: a number below `bound`.
  uint32_t below(uint32_t bound) {
    size_t width = 0;
    for (uint32_t x = bound; x != 0; x >>= 1) ++width;
    if (width == 0) return 0;
    uint32_t shorter = (uint32_t{1} << width) - bound;
    uint32_t value = take(width - 1);
    if (value < shorter) return value;
    return (value << 1) - shorter + take(1);
  }
  size_t at() const { return at_; }
  bool broken() const { return broken_; }

 private:
  ByteView bytes_;
  size_t at_ = 0;
  bool broken_ = false;
};

class BitWriter {
 public:
  explicit BitWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}
  void put(uint32_t value, size_t count) {
    while (count-- > 0) put_bit(value >> count & 1);
  }
  void copy(ByteView from, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) put_bit(from[i / 8] >> (7 - i % 8) & 1u);
  }
  size_t finish() {
    while (at_ % 8) put_bit(0);
    return full_ ? 0 : at_ / 8;
  }

 private:
  void put_bit(uint32_t bit) {
    if (at_ / 8 >= bytes_.size()) {
      full_ = true;
      return;
    }
    auto mask = static_cast<uint8_t>(0x80u >> at_ % 8);
    uint8_t& byte = bytes_[at_ / 8];
    byte = static_cast<uint8_t>(bit ? byte | mask : byte & ~mask);
    ++at_;
  }
  std::span<uint8_t> bytes_;
  size_t at_ = 0;
  bool full_ = false;
};

void read_indications(BitReader& in, size_t targets, FrameDependencies& out) {
  constexpr uint32_t not_present = 0, switching = 2;
  out.present = out.switches = 0;
  for (size_t i = 0; i < targets; ++i) {
    uint32_t indication = in.take(2);
    if (indication != not_present) out.present |= uint32_t{1} << i;
    if (indication == switching) out.switches |= uint32_t{1} << i;
  }
}

bool add_difference(FrameDependencies& out, uint32_t difference) {
  if (out.difference_count == max_frame_differences) return false;
  out.differences[out.difference_count++] = static_cast<uint16_t>(difference);
  return true;
}

bool read_layers(BitReader& in, DependencyStructure& out) {
  constexpr uint32_t next_temporal = 1, next_spatial = 2, no_more = 3;
  uint8_t spatial = 0, temporal = 0;
  for (uint32_t next = 0; next != no_more; next = in.take(2)) {
    if (next == next_temporal) ++temporal;
    if (next == next_spatial) {
      ++spatial;
      temporal = 0;
    }
    if (out.templates == max_templates || in.broken()) return false;
    out.of[out.templates].spatial = spatial;
    out.of[out.templates++].temporal = temporal;
  }
  return !in.broken();
}

bool read_chains(BitReader& in, DependencyStructure& out) {
  out.chains = static_cast<uint8_t>(in.below(out.targets + 1u));
  if (out.chains == 0) return true;
  if (out.chains > max_decode_targets) return false;
  for (size_t i = 0; i < out.targets; ++i) {
    out.protected_by[i] = static_cast<uint8_t>(in.below(out.chains));
    if (out.protected_by[i] >= out.chains) return false;
  }
  for (size_t i = 0; i < out.templates; ++i) {
    for (size_t chain = 0; chain < out.chains; ++chain)
      out.of[i].chain_differences[chain] = static_cast<uint8_t>(in.take(4));
  }
  return true;
}

std::shared_ptr<DependencyStructure> read_structure(BitReader& in) {
  auto out = std::make_shared<DependencyStructure>();
  out->first_template = static_cast<uint8_t>(in.take(6));
  out->targets = static_cast<uint8_t>(in.take(5) + 1);
  if (!read_layers(in, *out)) return nullptr;
  auto templates = std::span(out->of).first(out->templates);
  for (auto& one : templates) read_indications(in, out->targets, one);
  for (auto& one : templates) {
    while (in.flag()) {
      if (!add_difference(one, in.take(4) + 1)) return nullptr;
    }
  }
  if (!read_chains(in, *out)) return nullptr;
  for (const auto& one : templates) {
    for (size_t i = 0; i < out->targets; ++i) {
      if (!(one.present >> i & 1)) continue;
      out->spatial[i] = std::max(out->spatial[i], one.spatial);
      out->temporal[i] = std::max(out->temporal[i], one.temporal);
    }
  }
  if (in.flag()) {  // sizes of the images
    constexpr size_t bits_of_size = 16;
    for (int i = 0; i <= templates.back().spatial; ++i) {
      in.take(bits_of_size);
      in.take(bits_of_size);
    }
  }
  return in.broken() ? nullptr : out;
}

bool read_custom(BitReader& in, const DependencyStructure& structure, bool indications, bool differences,
                 bool chains, FrameDependencies& out) {
  if (indications) read_indications(in, structure.targets, out);
  if (differences) {
    out.difference_count = 0;
    while (size_t size = in.take(2)) {
      if (!add_difference(out, in.take(4 * size) + 1)) return false;
    }
  }
  for (size_t chain = 0; chains && chain < structure.chains; ++chain)
    out.chain_differences[chain] = static_cast<uint8_t>(in.take(8));
  return !in.broken();
}

}  // namespace

std::optional<DependencyDescriptor> parse_dependency_descriptor(ByteView bytes,
                                                                const DependencyStructure* current) {
  if (bytes.size() * 8 < mandatory_bits || bytes.size() > max_descriptor_bytes) return std::nullopt;
  BitReader in(bytes);
  DependencyDescriptor out;
  out.begins = in.flag();
  out.ends = in.flag();
  uint32_t id = in.take(6);
  out.frame = static_cast<uint16_t>(in.take(16));
  out.extended = bytes.size() * 8 > mandatory_bits;
  bool structure = false, active = false, indications = false, differences = false, chains = false;
  if (out.extended) {
    for (bool* flag : {&structure, &active, &indications, &differences, &chains}) *flag = in.flag();
  }
  if (structure) {
    out.attached = read_structure(in);
    if (!out.attached) return std::nullopt;
    out.active = out.attached->all_targets();
    current = out.attached.get();
  }
  if (!current) return std::nullopt;
  out.targets = current->targets;
  out.mask_at = in.at();
  if (active) out.active = in.take(current->targets);
  size_t index = (id + max_templates - current->first_template) % max_templates;
  if (index >= current->templates) return std::nullopt;
  out.dependencies = current->of[index];
  if (!read_custom(in, *current, indications, differences, chains, out.dependencies)) return std::nullopt;
  out.bits = in.at();
  return out;
}

size_t rewrite_dependency_descriptor(ByteView from, const DependencyDescriptor& parsed, uint16_t frame,
                                     std::optional<uint32_t> active, std::span<uint8_t> to) {
  size_t length = 0;
  if (!active) {
    if (to.size() < from.size()) return 0;
    std::copy(from.begin(), from.end(), to.begin());
    length = from.size();
  } else {
    BitWriter out(to);
    out.copy(from, 0, mandatory_bits);
    size_t rest = mandatory_bits;
    bool had = false;
    if (parsed.extended) {
      had = from[3] & 0x40;
      out.copy(from, mandatory_bits, mandatory_bits + 1);
      out.put(1, 1);
      out.copy(from, mandatory_bits + 2, parsed.mask_at);
      rest = parsed.mask_at + (had ? parsed.targets : 0u);
    } else {
      out.put(0b01000, flag_bits);
    }
    out.put(*active, parsed.targets);
    if (parsed.extended) out.copy(from, rest, parsed.bits);
    length = out.finish();
  }
  if (length < 3) return 0;
  to[1] = static_cast<uint8_t>(frame >> 8);
  to[2] = static_cast<uint8_t>(frame);
  return length;
}

}  // namespace parvis::sfu
