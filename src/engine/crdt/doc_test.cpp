#include "engine/crdt/doc.h"

#include <doctest/doctest.h>

#include <random>

#include "engine/crdt/read.h"
#include "engine/crdt/update.h"
#include "engine/crdt/vectors_test_support.h"

namespace parvis::crdt {
namespace {

constexpr const char* document_files[] = {"text-single",
                                          "text-typing",
                                          "text-concurrent",
                                          "text-samepos",
                                          "text-unicode",
                                          "richtext-single",
                                          "richtext-concurrent",
                                          "text-embedtype",
                                          "map",
                                          "map-special",
                                          "array",
                                          "nested",
                                          "board",
                                          "xml",
                                          "prosemirror",
                                          "subdocs",
                                          "undo",
                                          "disorder",
                                          "pending",
                                          "skips",
                                          "handmade"};

struct Update {
  Format format;
  Bytes bytes;
};

std::vector<Update> updates_of(const Any& vector) {
  std::vector<Update> out;
  for (auto& entry : *vector.find("updates")->as<AnyArray>())
    out.push_back(
        {*entry.find("v")->as<double>() == 2 ? Format::v2 : Format::v1, test::base64(*entry.find("u"))});
  return out;
}

void apply_all(Doc& doc, const std::vector<Update>& updates) {
  for (auto& update : updates) REQUIRE(doc.apply_update(update.bytes, update.format).has_value());
}

void check_content(const Doc& doc, const Any& vector, bool pending) {
  auto& expect = *vector.find("expect");
  CHECK(doc.state_vector().encode() == test::base64(*expect.find("svBytes")));
  for (auto& [root, kind] : *vector.find("roots")->as<AnyObject>()) {
    auto& kind_name = *kind.as<std::string>();
    CHECK(to_json(test::tree(doc, root, kind_name)) == to_json(*expect.find("tree")->find(root)));
    if (auto* text = expect.find("str")->find(root)) {
      auto node = find_root(doc, root);
      std::string shown = !node ? "" : kind_name == "text" ? read_text(doc, *node) : read_xml(doc, *node);
      CHECK(shown == *text->as<std::string>());
    }
  }
  CHECK(doc.has_pending() == pending);
  if (pending) return;
  CHECK(doc.snapshot().encode(Format::v1) == test::base64(*expect.find("snapshotV1")));
  CHECK(doc.snapshot().encode(Format::v2) == test::base64(*expect.find("snapshotV2")));
  CHECK(test::canonical(doc.encode_state(Format::v1)) == test::canonical(test::base64(*expect.find("v1"))));
  if (!*expect.find("orderInvariantBytes")->as<bool>()) return;
  CHECK(doc.encode_state(Format::v1) == test::base64(*expect.find("v1")));
  CHECK(doc.encode_state(Format::v2) == test::base64(*expect.find("v2")));
  for (auto& diff : *expect.find("diffs")->as<AnyArray>()) {
    auto known = StateVector::decode(test::base64(*diff.find("sv")));
    REQUIRE(known.has_value());
    CHECK(doc.encode_state(Format::v1, *known) == test::base64(*diff.find("v1")));
    if (auto* v2 = diff.find("v2")) CHECK(doc.encode_state(Format::v2, *known) == test::base64(*v2));
  }
}

void check_vector(const Any& vector) {
  INFO(*vector.find("name")->as<std::string>());
  auto& expect = *vector.find("expect");
  bool pending = *expect.find("pending")->as<bool>();
  auto updates = updates_of(vector);
  {
    Doc doc;
    apply_all(doc, updates);
    check_content(doc, vector, pending);
    // Written out and read back, in both formats, nothing is lost, nor added by applying it twice.
    for (Format format : {Format::v1, Format::v2}) {
      Doc copy;
      REQUIRE(copy.apply_update(doc.encode_state(format), format).has_value());
      REQUIRE(copy.apply_update(doc.encode_state(format), format).has_value());
      check_content(copy, vector, pending);
    }
  }
  std::mt19937 order(7);
  for (int round = 0; round < 4; ++round) {
    std::ranges::shuffle(updates, order);
    Doc doc;
    apply_all(doc, updates);
    check_content(doc, vector, pending);
  }
  std::vector<Bytes> plain;
  for (auto& update : updates)
    plain.push_back(convert_update(update.bytes, update.format, Format::v1).value());
  std::vector<ByteView> views(plain.begin(), plain.end());
  Bytes merged = merge_updates(views, Format::v1).value();
  auto state = StateVector::decode(test::base64(*expect.find("merged")->find("svBytes")));
  CHECK(state_vector_of_update(merged, Format::v1).value() == state.value());
  Doc doc;
  REQUIRE(doc.apply_update(merged, Format::v1).has_value());
  check_content(doc, vector, pending);
  Doc second;
  REQUIRE(
      second.apply_update(convert_update(merged, Format::v1, Format::v2).value(), Format::v2).has_value());
  check_content(second, vector, pending);
  if (auto* nogc = expect.find("nogc")) {
    Doc kept(Doc::Options{.collect_garbage = false});
    apply_all(kept, updates_of(vector));
    CHECK(test::canonical(kept.encode_state(Format::v1)) == test::canonical(test::base64(*nogc->find("v1"))));
  }
}

}  // namespace

TEST_CASE("documents end as Yjs ends them, whatever the order and the format of their updates") {
  size_t count = 0;
  for (const char* name : document_files) {
    auto vectors = parse_json(test::file_text(name));
    REQUIRE(vectors.has_value());
    for (auto& vector : *vectors->as<AnyArray>()) {
      check_vector(vector);
      ++count;
    }
  }
  CHECK(count == 268);
}

TEST_CASE("what waits for missing updates is passed on and resolves when they come") {
  auto vectors = parse_json(test::file_text("pending"));
  for (auto& vector : *vectors->as<AnyArray>()) {
    auto updates = updates_of(vector);
    for (size_t held = 0; held < updates.size(); ++held) {
      Doc partial;
      for (size_t i = 0; i < updates.size(); ++i)
        if (i != held) REQUIRE(partial.apply_update(updates[i].bytes, updates[i].format).has_value());
      Doc other;
      REQUIRE(other.apply_update(partial.encode_state(Format::v2), Format::v2).has_value());
      REQUIRE(other.apply_update(updates[held].bytes, updates[held].format).has_value());
      check_content(other, vector, *vector.find("expect")->find("pending")->as<bool>());
    }
  }
}

TEST_CASE("malformed updates are refused or taken, and a refused one leaves no trace") {
  auto vectors = parse_json(test::file_text("malformed"));
  for (auto& vector : *vectors->as<AnyArray>()) {
    Format format = *vector.find("v")->as<double>() == 2 ? Format::v2 : Format::v1;
    Doc doc;
    Bytes before = doc.encode_state(Format::v1);
    if (doc.apply_update(test::base64(*vector.find("u")), format)) continue;
    CHECK(doc.encode_state(Format::v1) == before);
    CHECK(doc.struct_count() == 0);
    CHECK(!doc.has_pending());
  }
}

}  // namespace parvis::crdt
