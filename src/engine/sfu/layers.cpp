#include "engine/sfu/layers.h"

#include <algorithm>
#include <bit>

#include "engine/sfu/h264_payload.h"
#include "engine/sfu/vp8_descriptor.h"
#include "engine/sfu/vp9_descriptor.h"

namespace parvis::sfu {
namespace {

Cell cell(uint32_t spatial, uint32_t temporal) {
  return {static_cast<uint8_t>(std::min<uint32_t>(spatial, spatial_layers - 1)),
          static_cast<uint8_t>(std::min<uint32_t>(temporal, temporal_layers - 1))};
}

/// Cells that go up to `at` or further.
Cells from(Cell at) {
  Cells out = 0;
  for (uint8_t s = at.spatial; s < spatial_layers; ++s) {
    for (uint8_t t = at.temporal; t < temporal_layers; ++t) out |= bit({s, t});
  }
  return out;
}

void read_vp8(ByteView payload, Place& out) {
  auto read = parse_vp8_descriptor(payload);
  if (!read) return;
  out.numbers = read->numbers;
  out.begins = read->begins;
  out.key = read->key;
  out.layered = read->layered;
  out.at = cell(0, read->temporal);
  if (read->sync) out.up = Place::Up::sync;
}

void read_vp9(ByteView payload, Place& out) {
  auto read = parse_vp9_descriptor(payload);
  if (!read) return;
  out.numbers = read->numbers;
  out.begins = read->begins;
  out.ends = read->ends;
  out.key = read->key();
  out.predicted = read->predicted;
  out.layered = read->layered;
  out.at = cell(read->spatial, read->temporal);
  if (read->switching_up) out.up = Place::Up::from_here;
}

void learn(LayerBook& book, const DependencyDescriptor& descriptor) {
  if (descriptor.attached) {
    book.structure = descriptor.attached;
    for (size_t i = 0; i < book.structure->targets; ++i)
      book.cell_of[i] = cell(book.structure->spatial[i], book.structure->temporal[i]);
  }
  if (!descriptor.active) return;
  book.active = *descriptor.active;
  book.cells = 0;
  for (size_t i = 0; i < book.structure->targets; ++i) {
    if (book.active >> i & 1) book.cells |= bit(book.cell_of[i]);
  }
  if (book.cells == 0) book.cells = 1;
}

void place(const LayerBook& book, Place& out) {
  const auto& read = out.descriptor;
  const auto& frame = read.dependencies;
  const auto& structure = *book.structure;
  out.layered = out.described = true;
  out.begins = read.begins;
  out.ends = read.ends;
  out.frame = read.frame;
  out.at = cell(frame.spatial, frame.temporal);
  out.key = read.begins && frame.difference_count == 0 && frame.spatial == 0 && read.attached != nullptr;
  out.present = out.switches = 0;
  for (size_t i = 0; i < structure.targets; ++i) {
    Cells one = bit(book.cell_of[i]);
    if (frame.present >> i & 1) out.present |= one;
    // Without chains nobody knows whether the frame could be decoded: only a key frame is sure.
    if (frame.switches >> i & 1 && (structure.chains > 0 || out.key)) out.switches |= one;
    if (structure.chains > 0)
      out.chain[book.cell_of[i].index()] = frame.chain_differences[structure.protected_by[i]];
  }
}

}  // namespace

void LayerBook::read(Codec codec, ByteView payload, ByteView descriptor, Place& out) {
  if (payload.empty()) return;
  switch (codec) {
    case Codec::vp8:
      read_vp8(payload, out);
      break;
    case Codec::vp9:
      read_vp9(payload, out);
      break;
    case Codec::h264:
      out.key = h264_start(payload) != H264Start::none;
      out.bare = h264_start(payload) == H264Start::bare;
      break;
    case Codec::av1:  // aggregation header: N, first packet of a coded video sequence
      out.key = payload[0] & 0x08;
      break;
    default:
      out.key = true;
      return;
  }
  // What VP8's own descriptor tells is enough, and smaller.
  if (codec != Codec::vp8 && !descriptor.empty()) {
    if (auto read = parse_dependency_descriptor(descriptor, structure.get())) {
      out.descriptor = std::move(*read);
      learn(*this, out.descriptor);
      return place(*this, out);
    }
  }
  if (out.layered) out.present = from(out.at);
}

Place LayerBook::reread(Codec codec, ByteView payload, ByteView came) const {
  Place out;
  if (codec == Codec::vp8) {
    read_vp8(payload, out);
    return out;
  }
  if (codec == Codec::vp9) read_vp9(payload, out);
  if (came.empty()) return out;
  if (auto read = parse_dependency_descriptor(came, structure.get())) out.descriptor = std::move(*read);
  return out;
}

void LayerBook::count(const Place& place, size_t bytes, Monotonic now) {
  if (!place.layered) return;
  if (!rates) rates = std::make_unique<Rates>();
  spatial_seen[place.at.spatial] = temporal_seen[place.at.temporal] = now;
  if (!place.described) cells |= bit({place.at.spatial, place.at.temporal});
  for (Cells left = place.present; left != 0; left &= static_cast<Cells>(left - 1))
    rates->bits[static_cast<size_t>(std::countr_zero(left))].add(bytes, now);
  if (!place.begins || place.at.spatial != 0) return;
  for (size_t i = place.at.temporal; i < temporal_layers; ++i) rates->frames[i].add(1, now);
}

void LayerBook::age(Monotonic now) {
  if (!rates || structure) return;
  auto top = [&](const auto& seen) {
    uint8_t out = 0;
    for (uint8_t i = 0; i < seen.size(); ++i) {
      if (seen[i] != Monotonic{} && now - seen[i] < silent_us) out = i;
    }
    return out;
  };
  Cell highest{top(spatial_seen), top(temporal_seen)};
  cells = 0;
  for (uint8_t s = 0; s <= highest.spatial; ++s) {
    for (uint8_t t = 0; t <= highest.temporal; ++t) cells |= bit({s, t});
  }
}

Cell LayerBook::nearest(Cell wanted) const {
  wanted = cell(wanted.spatial, wanted.temporal);
  for (int s = wanted.spatial; s >= 0; --s) {
    for (int t = wanted.temporal; t >= 0; --t) {
      Cell one{static_cast<uint8_t>(s), static_cast<uint8_t>(t)};
      if (cells & bit(one)) return one;
    }
  }
  auto lowest = static_cast<uint8_t>(std::countr_zero(cells));
  return {static_cast<uint8_t>(lowest / temporal_layers), static_cast<uint8_t>(lowest % temporal_layers)};
}

uint32_t LayerBook::bits_per_second(Cell one, Monotonic now) const {
  return rates ? rates->bits[one.index()].bits_per_second(now) : 0;
}

uint8_t LayerBook::temporal_for(uint32_t frames_per_second, Monotonic now) const {
  uint8_t top = temporal_layers - 1;
  if (frames_per_second == 0 || !rates) return top;
  for (uint8_t i = 0; i < top; ++i) {
    // Cameras do not keep time to the frame.
    uint32_t frames = rates->frames[i].bits_per_second(now) / 8;
    if (frames + frames / 8 + 1 >= frames_per_second) return i;
  }
  return top;
}

std::optional<uint32_t> LayerBook::targets_within(Cell limit) const {
  if (!structure) return std::nullopt;
  uint32_t out = 0;
  for (size_t i = 0; i < structure->targets; ++i) {
    bool within = cell_of[i].spatial <= limit.spatial && cell_of[i].temporal <= limit.temporal;
    if (within) out |= active & uint32_t{1} << i;
  }
  if (out == active) return std::nullopt;
  return out;
}

void LayerCursor::note(uint16_t frame) {
  auto step = static_cast<uint16_t>(frame - last_);
  if (step < 0x8000) {
    for (size_t i = 1; i <= std::min<size_t>(step, remembered); ++i) {
      auto between = static_cast<uint16_t>(frame - step + i);
      forwarded_[between % remembered / 64] &= ~(uint64_t{1} << between % 64);
    }
    last_ = frame;
  } else if (static_cast<uint16_t>(last_ - frame) >= remembered) {
    return;
  }
  forwarded_[frame % remembered / 64] |= uint64_t{1} << frame % 64;
}

bool LayerCursor::may_enter(const Place& place, Cell cell) const {
  if (!(place.switches & bit(cell))) return false;
  uint8_t back = place.chain[cell.index()];
  return back == 0 || forwarded(static_cast<uint16_t>(place.frame - back));
}

void LayerCursor::change_described(const Place& place, Cell wanted) {
  Cell other_rate{now.spatial, wanted.temporal}, other_size{wanted.spatial, now.temporal};
  for (Cell next : {wanted, other_size, other_rate}) {
    if (next == now || !may_enter(place, next)) continue;
    now = next;
    return;
  }
}

void LayerCursor::change(const Place& place, Cell wanted) {
  if (!place.layered) return;
  if (place.key) {
    now = wanted;
    return;
  }
  if (place.described) return change_described(place, wanted);
  bool border = place.at.spatial == 0;  // between pictures
  if (wanted.spatial < now.spatial && border) {
    now.spatial = wanted.spatial;
  } else if (wanted.spatial > now.spatial && place.at.spatial == now.spatial + 1 && !place.predicted) {
    ++now.spatial;
  }
  if (!border || wanted.temporal == now.temporal) return;
  if (wanted.temporal < now.temporal) {
    now.temporal = wanted.temporal;
  } else if (place.up == Place::Up::from_here && place.at.temporal <= now.temporal) {
    now.temporal = wanted.temporal;
  } else if (place.up == Place::Up::sync && place.at.temporal == now.temporal + 1) {
    ++now.temporal;
  }
}

}  // namespace parvis::sfu
