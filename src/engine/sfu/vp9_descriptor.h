#pragma once
// The payload descriptor of VP9 (RFC 9628 section 4.2).
#include <optional>

#include "engine/sfu/picture_numbers.h"

namespace parvis::sfu {

struct Vp9Descriptor {
  PictureNumbers numbers;
  bool begins = false, ends = false;  // a frame of one spatial layer
  bool predicted = false;             // from earlier pictures
  bool flexible = false;              // says itself which pictures it depends on
  bool layered = false;               // tells its layers
  uint8_t temporal = 0, spatial = 0;
  bool switching_up = false;   // from here on higher temporal layers can be taken
  bool inter_layer = false;    // predicted from the spatial layer below
  bool not_reference = false;  // no spatial layer above is predicted from it
  uint8_t spatial_layers = 0;  // told by a scalability structure; 0 = none came
  size_t bytes = 0;            // of the descriptor
  bool key() const { return begins && !predicted && spatial == 0; }
};

/// Nothing when it is cut short or breaks a bound of the format.
std::optional<Vp9Descriptor> parse_vp9_descriptor(ByteView payload);

}  // namespace parvis::sfu
