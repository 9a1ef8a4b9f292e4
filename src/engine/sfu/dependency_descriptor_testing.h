#pragma once
// For tests: writes dependency descriptors bit by bit, as the specification words them.
#include "engine/sfu/dependency_descriptor.h"

namespace parvis::sfu::testing {

class Bits {
 public:
  Bits& put(uint32_t value, size_t count) {
    while (count-- > 0) bits_.push_back(value >> count & 1);
    return *this;
  }
  /// A letter each: - not present, D discardable, S switch, R required.
  Bits& indications(std::string_view letters) {
    for (char letter : letters) put(letter == '-' ? 0 : letter == 'D' ? 1 : letter == 'S' ? 2 : 3, 2);
    return *this;
  }
  Bytes bytes() const {
    Bytes out((bits_.size() + 7) / 8);
    for (size_t i = 0; i < bits_.size(); ++i)
      out[i / 8] = static_cast<uint8_t>(out[i / 8] | bits_[i] << (7 - i % 8));
    return out;
  }

 private:
  std::vector<uint8_t> bits_;
};

/// Templates of L2T2_KEY: 0 key S0, 1 delta S0T0, 2 delta S0T1, 3 key S1, 4 delta S1T0, 5 delta S1T1.
/// Targets: S0T0, S0T1, S1T0, S1T1; chain 0 protects those of S0, chain 1 those of S1.
inline constexpr uint8_t first_template = 60;  // ids wrap
inline Bits& put_structure(Bits& out) {
  out.put(first_template, 6).put(3, 5);
  for (uint32_t next : {0u, 1u, 2u, 0u, 1u, 3u}) out.put(next, 2);
  // Layers in order: S0T0, S0T0, S0T1, S1T0, S1T0, S1T1.
  for (auto letters : {"SSSS", "SS--", "-D--", "--SS", "--SS", "---D"}) out.indications(letters);
  auto differences = [&](std::initializer_list<uint32_t> all) {
    for (uint32_t one : all) out.put(1, 1).put(one - 1, 4);
    out.put(0, 1);
  };
  differences({});
  differences({4});
  differences({2});
  differences({1});
  differences({4});
  differences({2});
  out.put(2, 2);                                              // ns(5): two chains
  for (uint32_t chain : {0u, 0u, 1u, 1u}) out.put(chain, 1);  // ns(2)
  constexpr uint32_t to_chains[6][2] = {{0, 0}, {4, 3}, {2, 1}, {1, 1}, {1, 4}, {3, 2}};
  for (const auto& pair : to_chains) out.put(pair[0], 4).put(pair[1], 4);
  return out.put(0, 1);
}

/// The descriptor of frame `number`, sent alone in one packet: two frames (S0, S1) a picture, T0 and T1 in
/// turn.
inline Bytes descriptor(uint16_t number, std::optional<uint32_t> active = {}) {
  uint32_t spatial = number % 2, temporal = number / 2 % 2;
  uint32_t which = spatial * 3 + (number < 2 ? 0 : 1 + temporal);
  Bits out;
  out.put(1, 1).put(1, 1).put((first_template + which) % 64, 6).put(number, 16);
  if (number == 0 || active) out.put(number == 0, 1).put(active.has_value(), 1).put(0, 3);
  if (number == 0) put_structure(out);
  if (active) out.put(*active, 4);
  return out.bytes();
}

}  // namespace parvis::sfu::testing
