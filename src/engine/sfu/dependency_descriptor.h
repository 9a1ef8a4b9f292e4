#pragma once
// The dependency descriptor (AV1 RTP specification, appendix A): which frame a packet is of, what it depends
// on, and which decode targets (layers up to one) need it. Any codec may carry it; it is never encrypted end
// to end. Pure; one thread.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.h"

namespace parvis::sfu {

inline constexpr size_t max_decode_targets = 32, max_templates = 64, max_frame_differences = 16;
inline constexpr size_t max_descriptor_bytes = 255;  // a two-byte header extension holds no more

/// What frames have in common that one template stands for. Bit i of a mask is decode target i.
struct FrameDependencies {
  uint8_t spatial = 0, temporal = 0;
  uint32_t present = 0;   // targets that need the frame, or take it
  uint32_t switches = 0;  // targets that can be entered at it
  std::array<uint16_t, max_frame_differences> differences{};
  uint8_t difference_count = 0;                                 // 0 = needs no earlier frame
  std::array<uint8_t, max_decode_targets> chain_differences{};  // to the frame before in each chain; 0 = none
};

/// Sent with a key frame; the frames after it are told by it.
struct DependencyStructure {
  uint8_t first_template = 0;  // the id of templates[0]; ids wrap at 64
  uint8_t targets = 0, chains = 0, templates = 0;
  std::array<FrameDependencies, max_templates> of{};
  std::array<uint8_t, max_decode_targets> protected_by{};         // the chain of each target
  std::array<uint8_t, max_decode_targets> spatial{}, temporal{};  // the layers that a target goes up to
  uint32_t all_targets() const { return targets == 32 ? ~uint32_t{0} : (uint32_t{1} << targets) - 1; }
};

struct DependencyDescriptor {
  bool begins = false, ends = false;  // a frame
  uint16_t frame = 0;
  std::shared_ptr<const DependencyStructure> attached;  // a new structure comes with it
  std::optional<uint32_t> active;                       // targets that the publisher sends from now on
  FrameDependencies dependencies;
  // For rewriting: where the mask of active targets stands or would stand, in bits, and where all ends.
  size_t mask_at = 0, bits = 0;
  uint8_t targets = 0;
  bool extended = false;
};

/// `current`: the structure last attached on this stream; null: only a descriptor that brings its own is
/// understood.
std::optional<DependencyDescriptor> parse_dependency_descriptor(ByteView bytes,
                                                                const DependencyStructure* current);

/// The descriptor `from`, parsed before, under another frame number, and telling of `active` targets when
/// given. Returns the bytes written; 0 when `to` is too small.
size_t rewrite_dependency_descriptor(ByteView from, const DependencyDescriptor& parsed, uint16_t frame,
                                     std::optional<uint32_t> active, std::span<uint8_t> to);

}  // namespace parvis::sfu
