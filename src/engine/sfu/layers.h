#pragma once
// The layers within one encoding (temporal; spatial with SVC): what a packet tells of them, and which frames
// go to a subscriber. Told by the dependency descriptor when there is one, else by the payload's. One thread.
#include <array>
#include <memory>

#include "base/time.h"
#include "engine/sfu/dependency_descriptor.h"
#include "engine/sfu/picture_numbers.h"
#include "engine/sfu/rate_meter.h"
#include "engine/sfu/types.h"

namespace parvis::sfu {

inline constexpr uint8_t spatial_layers = 4, temporal_layers = 4;  // WebRTC's modes have at most three

/// The frames of all layers up to these two.
struct Cell {
  uint8_t spatial = 0, temporal = 0;
  size_t index() const { return size_t{spatial} * temporal_layers + temporal; }
  bool operator==(const Cell&) const = default;
};
using Cells = uint16_t;  // a set: bit Cell::index()
inline constexpr size_t cell_count = size_t{spatial_layers} * temporal_layers;
constexpr Cells bit(Cell cell) { return static_cast<Cells>(1u << cell.index()); }

/// A packet's place.
struct Place {
  bool layered = false;              // it tells its layers: else every packet is sent
  bool begins = true, ends = false;  // a frame of one spatial layer
  bool key = false;                  // begins a frame that needs no earlier one
  bool bare = false;                 // a key frame whose parameter sets may be missing (H264)
  bool predicted = true;             // from earlier pictures (VP9)
  bool described = false;            // by a dependency descriptor, whose words the following are
  enum class Up : uint8_t { no, sync, from_here } up = Up::no;  // where higher temporal layers can be taken
  Cell at;
  Cells present = 0xffff;  // cells that take the frame
  Cells switches = 0;      // cells that can be entered at it, when their chain is whole
  uint16_t frame = 0;
  std::array<uint8_t, cell_count> chain{};  // to the frame before in the cell's chain; 0 = begins it
  PictureNumbers numbers;
  DependencyDescriptor descriptor;
};

/// What is known of one encoding's layers.
struct LayerBook {
  static constexpr int64_t silent_us = 1'000'000;
  struct Rates {
    std::array<RateMeter, cell_count> bits;
    std::array<RateMeter, temporal_layers> frames;  // of the lowest spatial layer
  };
  std::shared_ptr<const DependencyStructure> structure;
  uint32_t active = 0;                             // decode targets of `structure`
  Cells cells = 1;                                 // that frames come for
  std::array<Cell, max_decode_targets> cell_of{};  // of decode targets
  std::array<Monotonic, spatial_layers> spatial_seen{};
  std::array<Monotonic, temporal_layers> temporal_seen{};
  std::unique_ptr<Rates> rates;  // from the first packet that tells layers

  /// Learns what the packet tells. `descriptor`: the header extension, or nothing.
  void read(Codec codec, ByteView payload, ByteView descriptor, Place& out);
  /// What is sent once more, without learning from it.
  Place reread(Codec codec, ByteView payload, ByteView descriptor) const;
  void count(const Place& place, size_t bytes, Monotonic now);
  /// Layers that fell silent are no longer there.
  void age(Monotonic now);
  bool layered() const { return cells != 1; }
  /// The best cell that is there and not above `wanted`.
  Cell nearest(Cell wanted) const;
  uint32_t bits_per_second(Cell cell, Monotonic now) const;
  /// The lowest temporal layer that has so many frames a second.
  uint8_t temporal_for(uint32_t frames_per_second, Monotonic now) const;
  /// Decode targets that a subscriber at `cell` gets, when these are fewer than come.
  std::optional<uint32_t> targets_within(Cell cell) const;
};

/// Which frames of an encoding go to one subscriber.
class LayerCursor {
 public:
  Cell now;

  /// At a key frame: everything can be taken.
  void begin(Cell wanted) {
    now = wanted;
    forwarded_ = {};
    told_fewer = false;
  }
  /// Whether the packet is sent. In turn, the first packet of a frame may change what is.
  bool takes(const Place& place, bool in_turn, Cell wanted) {
    if (place.begins && in_turn && wanted != now) change(place, wanted);
    bool out = place.present & bit(now);
    if (out && place.described && place.begins) note(place.frame);
    return out;
  }
  /// Of the last packet that is sent of a picture.
  bool marker(const Place& place, bool marker) const {
    return marker || (place.layered && place.ends && place.at.spatial == now.spatial);
  }
  bool told_fewer = false;  // the subscriber was told that not all decode targets come

 private:
  static constexpr size_t remembered = 256;  // frames: chains reach no further back
  void change(const Place& place, Cell wanted);
  void change_described(const Place& place, Cell wanted);
  bool may_enter(const Place& place, Cell cell) const;
  void note(uint16_t frame);
  bool forwarded(uint16_t frame) const {
    return forwarded_[frame % remembered / 64] >> frame % 64 & 1 &&
           static_cast<uint16_t>(last_ - frame) < remembered;
  }
  std::array<uint64_t, remembered / 64> forwarded_{};
  uint16_t last_ = 0;
};

}  // namespace parvis::sfu
