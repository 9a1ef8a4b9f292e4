#include <doctest/doctest.h>

#include "engine/crdt/doc.h"
#include "engine/crdt/edit.h"
#include "engine/crdt/read.h"
#include "engine/crdt/update.h"
#include "engine/crdt/wire.h"

namespace parvis::crdt {
namespace {

/// One client (1), `count` structs from clock 0; `write(writer, i)` writes each.
template <class Write>
Bytes update_of(uint64_t count, Write write, const DeleteSet& deleted = {}) {
  Bytes out;
  Writer writer(out);
  for (uint64_t number : {uint64_t{1}, count, uint64_t{1}, uint64_t{0}}) writer.varuint(number);
  for (uint64_t i = 0; i < count; ++i) write(writer, i);
  deleted.write(writer, Format::v1);
  return out;
}

void root_text(Writer& writer, std::string_view text) {
  writer.byte(4);
  writer.varuint(1);
  writer.varstring("t");
  writer.varstring(text);
}

}  // namespace

TEST_CASE("clocks and clients of 53 bits, and structs of any length, cost nothing extra") {
  constexpr uint64_t client = max_safe_integer, run = uint64_t{1} << 40;
  Bytes bytes;
  Writer writer(bytes);
  for (uint64_t number : {uint64_t{1}, uint64_t{3}, client, uint64_t{0}}) writer.varuint(number);
  writer.byte(0);
  writer.varuint(run);
  root_text(writer, "far");
  writer.byte(0x84);
  writer.varuint(client);
  writer.varuint(run + 2);
  writer.varstring("ther");
  writer.varuint(0);
  Doc doc;
  REQUIRE(doc.apply_update(bytes, Format::v1));
  CHECK(doc.state_vector().clock(client) == run + 7);
  CHECK(read_text(doc, *find_root(doc, "t")) == "farther");
  CHECK(doc.memory() < 8192);
  Doc copy;
  REQUIRE(copy.apply_update(doc.encode_state(Format::v2), Format::v2));
  CHECK(copy.encode_state(Format::v1) == doc.encode_state(Format::v1));
}

TEST_CASE("a refused update changes nothing") {
  Doc doc(Doc::Options{.limits = {.structs = 1000, .memory_floor = 1 << 16}});
  {
    Editor editor(doc, 7);
    REQUIRE(editor.insert_text(editor.root("t"), 0, "kept"));
  }
  Bytes before = doc.encode_state(Format::v1);
  auto roots = [](Writer& writer, uint64_t i) {
    writer.byte(4);
    writer.varuint(1);
    writer.varstring("root" + std::to_string(i));
    writer.varstring("x");
  };
  CHECK(doc.apply_update(update_of(1001, roots), Format::v1).error().is(reasons::too_large));
  CHECK(doc.apply_update(update_of(900, roots), Format::v1).error().is(reasons::too_large));
  CHECK(doc.encode_state(Format::v1) == before);
  CHECK(!find_root(doc, "root5"));
  Bytes own_future = update_of(1, [](Writer& writer, uint64_t) {
    writer.byte(0x84);
    writer.varuint(1);
    writer.varuint(5);
    writer.varstring("x");
  });
  CHECK(doc.apply_update(own_future, Format::v1).error().is(reasons::malformed));
  Bytes deep = update_of(1, [](Writer& writer, uint64_t) {
    writer.byte(8);
    writer.varuint(1);
    writer.varstring("a");
    writer.varuint(1);
    for (int i = 0; i < 100'000; ++i) writer.varuint(117), writer.varuint(1);
    writer.byte(126);
  });
  CHECK(doc.apply_update(deep, Format::v1).error().is(reasons::malformed));
  CHECK(doc.encode_state(Format::v1) == before);
}

TEST_CASE("a few bytes of v2 cannot claim structs without end") {
  Bytes v2 = convert_update(update_of(1, [](Writer& w, uint64_t) { w.byte(0), w.varuint(1); }), Format::v1,
                            Format::v2)
                 .value();
  // The rest column starts with the number of clients, then that of structs.
  Bytes bomb(v2.begin(), v2.end() - 3);
  Writer(bomb).varuint(max_safe_integer);
  Writer(bomb).varuint(0);
  Writer(bomb).varuint(0);
  Doc doc;
  CHECK(doc.apply_update(bomb, Format::v2).error().is(reasons::too_large));
  CHECK(convert_update(bomb, Format::v2, Format::v1).error().is(reasons::too_large));
}

TEST_CASE("work beyond the limit waits and is resumed by later updates") {
  Doc doc(Doc::Options{.limits = {.memory_floor = 56 * 100}}), free;
  DeleteSet holes;
  for (uint64_t i = 0; i < 1000; ++i) holes.add(1, i * 2, 1);
  holes.normalize();
  std::string text(2000, 'a');
  Bytes update = update_of(1, [&](Writer& writer, uint64_t) { root_text(writer, text); });
  Bytes cuts{0};
  Writer writer(cuts);
  holes.write(writer, Format::v1);
  REQUIRE(doc.apply_update(update, Format::v1));
  CHECK(doc.apply_update(cuts, Format::v1).error().is(reasons::deferred));
  CHECK(doc.has_pending());
  Bytes nothing{0, 0};
  for (int i = 0; i < 100 && doc.has_pending(); ++i) (void)doc.apply_update(nothing, Format::v1);
  CHECK(!doc.has_pending());
  REQUIRE(free.apply_update(update, Format::v1));
  REQUIRE(free.apply_update(cuts, Format::v1));
  CHECK(doc.encode_state(Format::v1) == free.encode_state(Format::v1));
}

TEST_CASE("a delete set of overlapping ranges in any order is applied once") {
  Doc doc;
  REQUIRE(
      doc.apply_update(update_of(1, [](Writer& w, uint64_t) { root_text(w, "0123456789"); }), Format::v1));
  Bytes bytes;
  Writer writer(bytes);
  for (uint64_t number : {0, 2, 1, 3, 6, 3, 2, 2, 3, 4, 1, 1, 0, 100}) writer.varuint(number);
  // Twice the same client: ranges 6+3, 2+2, 3+4, then 0+100 of which only ten are known.
  REQUIRE(doc.apply_update(bytes, Format::v1));
  CHECK(read_text(doc, *find_root(doc, "t")).empty());
  CHECK(doc.has_pending());
}

TEST_CASE("formats repeated in every run: as many as an editor writes, never many times the document") {
  auto weight_of = [](size_t marks, size_t runs, const Any& value) {
    Doc doc;
    {
      Editor editor(doc, 1);
      Node text = editor.root("t");
      REQUIRE(editor.insert_text(text, 0, std::string(runs, 'x')));
      for (size_t i = 0; i < marks; ++i)
        REQUIRE(editor.format_text(text, 0, runs, {{"mark" + std::to_string(i), value}}));
      for (size_t i = 0; i < runs; i += 2) REQUIRE(editor.format_text(text, i, 1, {{"bold", Any(true)}}));
    }
    size_t attributes = 0, bytes = 0;
    std::string words;
    for (auto& op : read_delta(doc, *find_root(doc, "t"))) {
      words += std::get<std::string>(op.insert);
      attributes += op.attributes.size();
      for (auto& [key, content] : op.attributes)
        bytes += sizeof(Attributes::value_type) +
                 (content.as<std::string>() ? content.as<std::string>()->size() : 0);
    }
    CHECK(words == std::string(runs, 'x'));
    return std::pair(attributes, bytes);
  };
  // Three marks over a page of bold and plain: all of them are told.
  CHECK(weight_of(3, 200, Any(AnyObject{})).first == 3 * 200 + 100);
  // Two thousand marks over a thousand runs, and one mark of a megabyte over them.
  CHECK(weight_of(2'000, 1'000, Any(true)).second < 8'000'000);
  CHECK(weight_of(1, 1'000, Any(std::string(1 << 20, 'y'))).second < 40'000'000);
}

}  // namespace parvis::crdt
