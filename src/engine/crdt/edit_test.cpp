#include "engine/crdt/edit.h"

#include <doctest/doctest.h>

#include "engine/crdt/relative_position.h"
#include "engine/crdt/update.h"
#include "engine/crdt/vectors_test_support.h"

namespace parvis::crdt {
namespace {

std::string shown(const Doc& doc, const char* root, const char* kind) {
  return to_json(test::tree(doc, root, kind));
}

}  // namespace

TEST_CASE("text written here reads the same at a peer that gets the update") {
  Doc here, there;
  Bytes update;
  {
    Editor editor(here, 77);
    Node text = editor.root("t");
    Attributes bold{{"bold", Any(true)}}, plain{{"bold", Any(Null{})}};
    CHECK(editor.insert_text(text, 0, "Bonjour 🙂 monde"));
    CHECK(editor.format_text(text, 0, 7, bold));
    CHECK(editor.insert_text(text, 3, "…"));
    CHECK(editor.insert_text(text, 0, "> ", &plain));
    CHECK(editor.delete_text(text, 10, 3));
    CHECK(editor.insert_embed(text, 2, Any(AnyObject{{"image", Any("x.png")}})));
    CHECK(!editor.insert_text(text, 1000, "x"));
    CHECK(!editor.delete_text(text, 5, 1000));
    update = editor.commit(Format::v1);
  }
  REQUIRE(there.apply_update(update, Format::v1));
  CHECK(there.encode_state(Format::v1) == here.encode_state(Format::v1));
  CHECK(shown(here, "t", "text") ==
        R"({"T":"text","delta":[{"insert":"> "},{"insert":{"image":"x.png"}},)"
        R"({"insert":"Bon…jour","attributes":{"bold":true}},{"insert":" monde"}]})");
}

TEST_CASE("arrays, maps and XML written here reach a peer, nested to any depth") {
  Doc here, there;
  {
    Editor editor(here, uint64_t{1} << 50);
    Node array = editor.root("a");
    CHECK(editor.insert_values(array, 0, {Any(1), Any("deux"), Any(Bytes{1, 2}), Any(Null{})}));
    CHECK(editor.remove(array, 1, 1));
    auto map = editor.insert_node(array, 3, NodeKind::map);
    REQUIRE(map);
    CHECK(editor.set(*map, "k", Any(1)));
    CHECK(editor.set(*map, "k", Any(2)));
    CHECK(editor.set(*map, "gone", Any(true)));
    CHECK(editor.erase(*map, "gone"));
    auto paragraph = editor.insert_node(editor.root("x"), 0, NodeKind::element, "paragraph");
    REQUIRE(paragraph);
    CHECK(editor.set(*paragraph, "level", Any("1")));
    auto text = editor.insert_node(*paragraph, 0, NodeKind::xml_text);
    REQUIRE(text);
    CHECK(editor.insert_text(*text, 0, "été"));
    CHECK(!editor.insert_values(array, 9, {Any(1)}));
    CHECK(!editor.remove(array, 4, 1));
    REQUIRE(there.apply_update(editor.commit(Format::v2), Format::v2));
  }
  CHECK(there.encode_state(Format::v2) == here.encode_state(Format::v2));
  CHECK(shown(there, "a", "array") ==
        R"({"T":"array","c":[1,{"T":"bin","b64":"AQI="},null,{"T":"map","e":{"k":2}}]})");
  CHECK(read_xml(there, *find_root(there, "x")) == R"(<paragraph level="1">été</paragraph>)");
  Editor editor(here, 5);
  CHECK(editor.remove(editor.root("x"), 0, 1));
  REQUIRE(there.apply_update(editor.commit(Format::v1), Format::v1));
  CHECK(read_xml(there, *find_root(there, "x")).empty());
}

TEST_CASE("concurrent edits of two editors converge") {
  Doc a, b;
  Editor first(a, 1), second(b, 2);
  CHECK(first.insert_text(first.root("t"), 0, "left"));
  CHECK(second.insert_text(second.root("t"), 0, "right"));
  Bytes from_a = first.commit(Format::v1), from_b = second.commit(Format::v1);
  REQUIRE(a.apply_update(from_b, Format::v1));
  REQUIRE(b.apply_update(from_a, Format::v1));
  CHECK(read_text(a, *find_root(a, "t")) == "leftright");
  CHECK(a.encode_state(Format::v1) == b.encode_state(Format::v1));
}

TEST_CASE("versions read back as they were, and say what they contain") {
  auto vectors = parse_json(test::file_text("snapshots"));
  for (auto& vector : *vectors->as<AnyArray>()) {
    INFO(*vector.find("name")->as<std::string>());
    Doc doc(Doc::Options{.collect_garbage = false});
    auto& updates = *vector.find("updates")->as<AnyArray>();
    for (auto& update : updates) REQUIRE(doc.apply_update(test::base64(*update.find("u")), Format::v1));
    auto& expect = *vector.find("expect");
    CHECK(doc.encode_state(Format::v1) == test::base64(*expect.find("v1")));
    Snapshot previous;
    for (auto& entry : *expect.find("snapshots")->as<AnyArray>()) {
      Snapshot version = Snapshot::decode(test::base64(*entry.find("v1")), Format::v1).value();
      CHECK(version == Snapshot::decode(test::base64(*entry.find("v2")), Format::v2).value());
      CHECK(version.encode(Format::v2) == test::base64(*entry.find("v2")));
      Doc back(Doc::Options{.collect_garbage = false});
      REQUIRE(back.apply_update(encode_version(doc, version, Format::v2), Format::v2));
      for (auto& [root, tree] : *entry.find("restoredTree")->as<AnyObject>())
        CHECK(to_json(test::tree(back, root, root == "t" ? "text" : "map")) == to_json(tree));
      auto& contained = *entry.find("containsUpdate")->as<AnyArray>();
      for (size_t i = 0; i < updates.size(); ++i)
        CHECK(version_contains(version, test::base64(*updates[i].find("u")), Format::v1).value() ==
              (*contained[i].as<double>() == 1));
      if (auto* delta = entry.find("deltaSincePrev")) {
        auto node = find_root(doc, "t");
        auto ops = node ? read_delta(doc, *node, &version, &previous) : std::vector<DeltaOp>{};
        Any wanted(AnyArray{});
        for (auto& op : *delta->as<AnyArray>()) {
          Any sorted = test::tagged_value(op);
          std::get<AnyArray>(wanted.value).push_back(sorted);
        }
        Any got = test::tagged_value(test::tagged_delta(doc, ops));
        CHECK(to_json(got) == to_json(test::tagged_value(wanted)));
      }
      previous = version;
    }
  }
}

TEST_CASE("relative positions are made, written and found as Yjs does") {
  auto vectors = parse_json(test::file_text("relpos"));
  for (auto& vector : *vectors->as<AnyArray>()) {
    Doc doc;
    for (auto& update : *vector.find("updates")->as<AnyArray>())
      REQUIRE(doc.apply_update(test::base64(*update.find("u")), Format::v1));
    for (auto& entry : *vector.find("expect")->as<AnyArray>()) {
      auto position = RelativePosition::decode(test::base64(*entry.find("bytes")));
      REQUIRE(position);
      CHECK(position->encode() == test::base64(*entry.find("bytes")));
      // The JSON form also names the root; the bytes leave it out.
      auto named = RelativePosition::from_json(*entry.find("json"));
      REQUIRE(named);
      CHECK(to_json(named->to_json()) == to_json(*entry.find("json")));
      CHECK(named->encode() == position->encode());
      auto found = resolve(doc, *position);
      REQUIRE(found);
      CHECK(static_cast<double>(found->index) == *entry.find("resolved")->as<double>());
      auto again = relative_position(doc, found->node, found->index, position->assoc);
      REQUIRE(again);
      CHECK(resolve(doc, *again)->index == found->index);
    }
  }
}

}  // namespace parvis::crdt
