#include "engine/sfu/vp9_descriptor.h"

namespace parvis::sfu {
namespace {

constexpr int max_references = 3;

class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  uint8_t take() {
    if (at_ >= bytes_.size()) {
      broken_ = true;
      return 0;
    }
    return bytes_[at_++];
  }
  void skip(size_t count) {
    if (bytes_.size() - at_ < count) {
      broken_ = true;
    } else {
      at_ += count;
    }
  }
  size_t at() const { return at_; }
  bool broken() const { return broken_; }

 private:
  ByteView bytes_;
  size_t at_ = 0;
  bool broken_ = false;
};

void read_picture(Reader& in, PictureNumbers& out) {
  out.picture_at = in.at();
  uint8_t first = in.take();
  out.long_picture = first & 0x80;
  out.picture = first & 0x7f;
  if (out.long_picture) out.picture = static_cast<uint16_t>(out.picture << 8 | in.take());
}

void read_layers(Reader& in, Vp9Descriptor& out) {
  uint8_t layers = in.take();
  out.layered = true;
  out.temporal = layers >> 5;
  out.switching_up = layers & 0x10;
  out.spatial = layers >> 1 & 0x07;
  out.inter_layer = layers & 0x01;
  if (out.flexible) return;
  out.numbers.base_at = in.at();
  out.numbers.base = in.take();
}

/// References of a picture; false when there are too many.
bool read_references(Reader& in) {
  for (int i = 1; in.take() & 0x01; ++i) {
    if (i == max_references) return false;
  }
  return true;
}

void read_structure(Reader& in, Vp9Descriptor& out) {
  uint8_t head = in.take();
  out.spatial_layers = static_cast<uint8_t>((head >> 5) + 1);
  if (head & 0x10) in.skip(size_t{4} * out.spatial_layers);  // sizes of the images
  if (!(head & 0x08)) return;
  for (int pictures = in.take(); pictures > 0 && !in.broken(); --pictures) in.skip(in.take() >> 2 & 0x03);
}

}  // namespace

std::optional<Vp9Descriptor> parse_vp9_descriptor(ByteView payload) {
  Reader in(payload);
  uint8_t flags = in.take();
  Vp9Descriptor out;
  out.predicted = flags & 0x40;
  out.flexible = flags & 0x10;
  out.begins = flags & 0x08;
  out.ends = flags & 0x04;
  out.not_reference = flags & 0x01;
  if (flags & 0x80) read_picture(in, out.numbers);
  if (flags & 0x20) read_layers(in, out);
  if (out.predicted && out.flexible && !read_references(in)) return std::nullopt;
  if (flags & 0x02) read_structure(in, out);
  if (in.broken()) return std::nullopt;
  out.bytes = in.at();
  return out;
}

}  // namespace parvis::sfu
