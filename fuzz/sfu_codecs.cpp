// Packets of one encoding as its publisher could send them: each is led by the length of its dependency
// descriptor (one byte) and that of its payload (two). The first byte tells the codec. What is forwarded must
// be readable by whoever gets it.
#include <cstdlib>

#include "engine/sfu/h264_payload.h"
#include "engine/sfu/layers.h"
#include "engine/sfu/sequence_map.h"
#include "engine/sfu/vp8_descriptor.h"
#include "engine/sfu/vp9_descriptor.h"

using namespace parvis;
using namespace parvis::sfu;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void rewrite(const LayerBook& book, ByteView came, const Place& place, Cell cell) {
  if (place.descriptor.bits == 0) return;
  std::array<uint8_t, max_descriptor_bytes> space;
  size_t length = rewrite_dependency_descriptor(came, place.descriptor, 77, book.targets_within(cell), space);
  if (length == 0) return;
  auto again = parse_dependency_descriptor(ByteView(space).first(length), book.structure.get());
  must(again && again->frame == 77);
  must(again->dependencies.present == place.descriptor.dependencies.present);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr Codec codecs[] = {Codec::vp8, Codec::vp9, Codec::h264, Codec::av1};
  Codec codec = codecs[data[0] & 3];
  Cell wanted{static_cast<uint8_t>(data[0] >> 2 & 3), static_cast<uint8_t>(data[0] >> 4 & 3)};
  ++data;
  --size;
  LayerBook book;
  LayerCursor cursor;
  SequenceMap map;
  PictureContinuity pictures;
  map.begin(0, 1'000);
  Monotonic now{seconds_us(1)};
  for (uint16_t sequence = 0; size > 3; ++sequence) {
    size_t described = std::min<size_t>(data[0], size - 3);
    size_t carried = std::min<size_t>(data[1] << 8 | data[2], size - 3 - described);
    ByteView descriptor(data + 3, described), payload(data + 3 + described, carried);
    data += 3 + described + carried;
    size -= 3 + described + carried;
    now = now + 10'000;
    Place place;
    book.read(codec, payload, descriptor, place);
    book.count(place, payload.size(), now);
    if (sequence % 16 == 0) book.age(now);
    if (place.key) cursor.begin(book.nearest(wanted));
    book.reread(codec, payload, descriptor);
    rewrite(book, descriptor, place, cursor.now);
    if (!cursor.takes(place, map.in_turn(sequence), book.nearest(wanted))) {
      map.leave_out(sequence, pictures.picture_offset);
      pictures.leave_out(place.numbers);
      continue;
    }
    auto number = map.number(sequence, pictures.picture_offset);
    must(number && map.original(number->sequence)->sequence == sequence);
    Bytes copy(payload.begin(), payload.end());
    pictures.apply(copy, place.numbers, true, 0);
  }
  return 0;
}
