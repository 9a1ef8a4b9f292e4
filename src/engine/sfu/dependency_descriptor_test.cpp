#include <doctest/doctest.h>

#include "engine/sfu/dependency_descriptor_testing.h"
#include "engine/sfu/layers.h"

namespace parvis::sfu {
namespace {

using namespace testing;

Place read(LayerBook& book, const Bytes& bytes) {
  Place out;
  book.read(Codec::av1, Bytes{0x10, 1, 2}, bytes, out);
  return out;
}

/// The frames of the first `count` that a subscriber gets who wishes `wanted`, from a key frame on.
std::vector<uint16_t> forwarded(uint16_t count, Cell wanted, LayerCursor& cursor, LayerBook& book,
                                uint16_t first = 0) {
  std::vector<uint16_t> out;
  for (uint16_t i = first; i < count; ++i) {
    Place place = read(book, descriptor(i));
    if (place.key) cursor.begin(book.nearest(wanted));
    if (cursor.takes(place, true, book.nearest(wanted))) out.push_back(i);
  }
  return out;
}

using Frames = std::vector<uint16_t>;

}  // namespace

TEST_CASE("a structure is read whole, and what follows is read by it") {
  Bytes first = descriptor(0);
  auto key = parse_dependency_descriptor(first, nullptr);
  REQUIRE(key);
  REQUIRE(key->attached);
  const auto& structure = *key->attached;
  CHECK(structure.targets == 4);
  CHECK(structure.templates == 6);
  CHECK(structure.chains == 2);
  CHECK(structure.spatial[2] == 1);
  CHECK(structure.temporal[3] == 1);
  CHECK(structure.protected_by[3] == 1);
  CHECK(*key->active == 0b1111);
  CHECK(key->dependencies.difference_count == 0);
  CHECK(first.size() * 8 - key->bits < 8);
  CHECK_FALSE(parse_dependency_descriptor(descriptor(4), nullptr));
  auto delta = parse_dependency_descriptor(descriptor(5), &structure);
  REQUIRE(delta);
  CHECK(delta->begins);
  CHECK(delta->ends);
  CHECK(delta->frame == 5);
  CHECK(delta->dependencies.spatial == 1);
  CHECK(delta->dependencies.present == 0b1100);
  CHECK(delta->dependencies.differences[0] == 4);
  CHECK(delta->dependencies.chain_differences[1] == 4);
  for (size_t i = 0; i < first.size(); ++i)
    CHECK_FALSE(parse_dependency_descriptor(ByteView(first).first(i), nullptr));
}

TEST_CASE("a frame's own words replace those of its template") {
  auto structure = parse_dependency_descriptor(descriptor(0), nullptr)->attached;
  Bits bits;
  bits.put(1, 1).put(0, 1).put(61, 6).put(700, 16).put(0b00111, 5).indications("SR-D");
  bits.put(1, 2).put(6, 4).put(2, 2).put(99, 8).put(0, 2).put(0, 8).put(200, 8);
  auto read = parse_dependency_descriptor(bits.bytes(), structure.get());
  REQUIRE(read);
  CHECK(read->dependencies.present == 0b1011);
  CHECK(read->dependencies.switches == 0b0001);
  CHECK(read->dependencies.difference_count == 2);
  CHECK(read->dependencies.differences[1] == 100);
  CHECK(read->dependencies.chain_differences[1] == 200);
  Bits unknown;
  unknown.put(0b11, 2).put(first_template - 1, 6).put(1, 16);
  CHECK_FALSE(parse_dependency_descriptor(unknown.bytes(), structure.get()));
}

TEST_CASE("what would grow without end is refused") {
  Bits templates;
  templates.put(0b11, 2).put(0, 6).put(0, 16).put(0b10000, 5).put(0, 6).put(0, 5);
  for (int i = 0; i < 64; ++i) templates.put(0, 2);
  templates.put(3, 2).put(0, 1'000);
  CHECK_FALSE(parse_dependency_descriptor(templates.bytes(), nullptr));
  Bits differences;
  differences.put(0b11, 2).put(0, 6).put(0, 16).put(0b10000, 5).put(0, 6).put(0, 5).put(3, 2).put(2, 2);
  for (int i = 0; i < 40; ++i) differences.put(0b11111, 5);
  differences.put(0, 64);
  CHECK_FALSE(parse_dependency_descriptor(differences.bytes(), nullptr));
  CHECK_FALSE(parse_dependency_descriptor(Bytes(256, 0), nullptr));
}

TEST_CASE("rewriting: another number, another mask, and nothing else changes") {
  auto structure = parse_dependency_descriptor(descriptor(0), nullptr)->attached;
  for (Bytes from : {descriptor(0), descriptor(5), descriptor(6, 0b0011), descriptor(0, 0b1111)}) {
    auto before = parse_dependency_descriptor(from, structure.get());
    REQUIRE(before);
    for (std::optional<uint32_t> mask : {std::optional<uint32_t>{}, std::optional<uint32_t>{0b0111}}) {
      std::array<uint8_t, max_descriptor_bytes> to;
      size_t length = rewrite_dependency_descriptor(from, *before, 40'000, mask, to);
      REQUIRE(length >= 3);
      auto after = parse_dependency_descriptor(ByteView(to).first(length), structure.get());
      REQUIRE(after);
      CHECK(after->frame == 40'000);
      CHECK(after->active == (mask ? mask : before->active));
      CHECK(after->dependencies.present == before->dependencies.present);
      CHECK(after->dependencies.chain_differences == before->dependencies.chain_differences);
      CHECK((after->attached != nullptr) == (before->attached != nullptr));
      CHECK(after->begins == before->begins);
    }
    CHECK(rewrite_dependency_descriptor(from, *before, 1, 0b1, std::span<uint8_t>()) == 0);
  }
}

TEST_CASE("a subscriber gets what its decode target needs, and no other frame") {
  LayerBook book;
  LayerCursor cursor;
  CHECK(forwarded(10, {1, 1}, cursor, book) == Frames{0, 1, 3, 5, 7, 9});
  CHECK(forwarded(10, {0, 1}, cursor, book) == Frames{0, 2, 4, 6, 8});
  CHECK(forwarded(10, {0, 0}, cursor, book) == Frames{0, 4, 8});
  CHECK(forwarded(10, {1, 0}, cursor, book) == Frames{0, 1, 5, 9});
  CHECK(forwarded(10, {3, 3}, cursor, book) == Frames{0, 1, 3, 5, 7, 9});
}

TEST_CASE("frame rates change where the target can be entered; sizes only where the chain is whole") {
  LayerBook book;
  LayerCursor cursor;
  CHECK(forwarded(4, {0, 0}, cursor, book) == Frames{0});
  CHECK(forwarded(8, {0, 1}, cursor, book, 4) == Frames{4, 6});  // from the next T0 on
  CHECK(forwarded(12, {0, 0}, cursor, book, 8) == Frames{8});
  CHECK(forwarded(18, {1, 1}, cursor, book, 12) == Frames{12, 14, 16});  // S1 needs a key frame
  CHECK(cursor.now == Cell{0, 1});
  CHECK(forwarded(6, {1, 1}, cursor, book) == Frames{0, 1, 3, 5});
  CHECK(forwarded(12, {0, 1}, cursor, book, 6) == Frames{7, 9, 11});  // so does S0, left out until then
}

TEST_CASE("targets that the publisher stops are left; a mask tells a subscriber that it gets fewer") {
  LayerBook book;
  LayerCursor cursor;
  forwarded(4, {1, 1}, cursor, book);
  CHECK_FALSE(book.targets_within({1, 1}));
  CHECK(*book.targets_within({0, 1}) == 0b0011);
  CHECK(*book.targets_within({1, 0}) == 0b0101);
  read(book, descriptor(4, 0b0011));
  CHECK(book.nearest({1, 1}) == Cell{0, 1});
  CHECK_FALSE(book.targets_within({1, 1}));
}

}  // namespace parvis::sfu
