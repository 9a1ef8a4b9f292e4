#include <doctest/doctest.h>

#include <algorithm>

#include "engine/crdt/edit.h"
#include "module/documents/content_tree.h"
#include "module/documents/forward_edit.h"
#include "module/documents/reasons.h"
#include "module/documents/sequence_difference.h"

namespace parvis {
namespace {

using crdt::Any;
using crdt::Format;
using crdt::NodeKind;

uint32_t number_of(const crdt::Doc& doc, Numbering& numbering) {
  auto root = crdt::find_root(doc, "default");
  REQUIRE(root);
  auto tree = read_content(doc, *root, numbering);
  REQUIRE(tree);
  return tree->number;
}

bool same_content(const crdt::Doc& a, const crdt::Doc& b) {
  Numbering numbering;
  return number_of(a, numbering) == number_of(b, numbering);
}

crdt::Doc copy_of(const crdt::Doc& doc) {
  crdt::Doc out;
  REQUIRE(out.apply_update(doc.encode_state(Format::v1), Format::v1));
  return out;
}

/// Restores `doc` to `then`, applies the update to both ends of a wire, and gives it.
Bytes restored(crdt::Doc& doc, const crdt::Doc& then, uint64_t client = 99) {
  auto update = forward_edit(doc.encode_state(Format::v2), then.encode_state(Format::v1), client);
  REQUIRE(update);
  REQUIRE(doc.apply_update(*update, Format::v1));
  return *update;
}

crdt::Node paragraph(crdt::Editor& editor, crdt::Node root, uint64_t index, std::string_view words,
                     std::string_view name = "paragraph") {
  auto line = editor.insert_node(root, index, NodeKind::element, name);
  REQUIRE(line);
  auto text = editor.insert_node(*line, 0, NodeKind::xml_text);
  REQUIRE(text);
  REQUIRE(editor.insert_text(*text, 0, words));
  return *line;
}

crdt::Node child(const crdt::Doc& doc, crdt::Node node, size_t index) {
  auto children = crdt::read_array(doc, node);
  REQUIRE(index < children.size());
  return std::get<crdt::Node>(children[index]);
}

crdt::Doc minutes() {
  crdt::Doc doc;
  crdt::Editor editor(doc, 1);
  auto root = editor.root("default");
  auto title = paragraph(editor, root, 0, "Réunion du mardi", "heading");
  REQUIRE(editor.set(title, "level", Any(2)));
  auto line = paragraph(editor, root, 1, "Présents : Claire, Bruno et Idriss");
  REQUIRE(editor.format_text(child(doc, line, 0), 11, 6, {{"bold", Any(crdt::AnyObject{})}}));
  paragraph(editor, root, 2, "Rien à signaler 🙂");
  auto list = editor.insert_node(root, 3, NodeKind::element, "bulletList");
  REQUIRE(list);
  auto item = editor.insert_node(*list, 0, NodeKind::element, "listItem");
  REQUIRE(item);
  paragraph(editor, *item, 0, "Relire la note");
  editor.commit(Format::v1);
  return doc;
}

}  // namespace

TEST_CASE("what two sequences share is found, and what they share is in order on both sides") {
  std::vector<uint32_t> a{1, 2, 3, 4, 5, 6}, b{1, 3, 4, 9, 6};
  CHECK(common_runs(a, b) == std::vector<CommonRun>{{0, 0, 1}, {2, 1, 2}, {5, 4, 1}});
  CHECK(common_runs(a, a) == std::vector<CommonRun>{{0, 0, 6}});
  CHECK(common_runs(a, {}).empty());
  CHECK(common_runs({}, {}).empty());
  // Any two short sequences: runs are equal, ascending, and nothing longer was there when one contains the
  // other.
  uint32_t seed = 7;
  auto next = [&](uint32_t below) { return (seed = seed * 1'664'525 + 1'013'904'223) / 65'536 % below; };
  for (int round = 0; round < 500; ++round) {
    std::vector<uint32_t> before(next(12)), after;
    for (auto& one : before) one = next(4);
    for (auto one : before)
      if (next(3) > 0) after.push_back(one);
    auto runs = common_runs(before, after);
    size_t shared = 0, before_end = 0, after_end = 0;
    for (auto& run : runs) {
      CHECK(run.before >= before_end);
      CHECK(run.after >= after_end);
      before_end = run.before + run.length;
      after_end = run.after + run.length;
      shared += run.length;
      for (size_t i = 0; i < run.length; ++i) CHECK(before[run.before + i] == after[run.after + i]);
    }
    CHECK(shared == after.size());
  }
  // Beyond the bound the ends are still told.
  std::vector<uint32_t> left, right;
  for (uint32_t i = 0; i < 3 * max_differences; ++i) {
    left.push_back(i);
    right.push_back(1'000'000 + i);
  }
  left.front() = right.front() = 5;
  left.back() = right.back() = 6;
  CHECK(common_runs(left, right) ==
        std::vector<CommonRun>{{0, 0, 1}, {left.size() - 1, right.size() - 1, 1}});
}

TEST_CASE("nothing to restore is an empty update; a fragment never written is restored to nothing") {
  auto doc = minutes();
  auto update = forward_edit(doc.encode_state(Format::v2), doc.encode_state(Format::v1), 99);
  REQUIRE(update);
  CHECK(*update == Bytes{0, 0});
  crdt::Doc empty;
  restored(doc, empty);
  CHECK(crdt::length_of(doc, *crdt::find_root(doc, "default")) == 0);
  auto again = minutes();
  restored(doc, again);
  CHECK(same_content(doc, again));
}

TEST_CASE("text, marks, attributes and structure are those of the version again") {
  auto doc = minutes();
  auto then = copy_of(doc);
  {
    crdt::Editor editor(doc, 2);
    auto root = editor.root("default");
    auto title = child(doc, root, 0), line = child(doc, root, 1), list = child(doc, root, 3);
    REQUIRE(editor.set(title, "level", Any(3)));
    REQUIRE(editor.set(title, "textAlign", Any("center")));
    REQUIRE(editor.delete_text(child(doc, line, 0), 0, 9));
    REQUIRE(editor.format_text(child(doc, line, 0), 3, 12, {{"italic", Any(crdt::AnyObject{})}}));
    REQUIRE(editor.insert_text(child(doc, line, 0), 5, " tout le monde "));
    REQUIRE(editor.remove(root, 2, 1));
    paragraph(editor, root, 2, "Un autre ordre du jour", "blockquote");
    paragraph(editor, root, 0, "Brouillon");
    REQUIRE(editor.insert_embed(child(doc, line, 0), 2, Any(crdt::AnyObject{{"image", Any("x")}})));
    REQUIRE(editor.remove(list, 0, 1));
    editor.commit(Format::v1);
  }
  CHECK_FALSE(same_content(doc, then));
  restored(doc, then);
  CHECK(same_content(doc, then));
  auto root = *crdt::find_root(doc, "default");
  auto delta = crdt::read_delta(doc, child(doc, child(doc, root, 1), 0));
  REQUIRE(delta.size() == 3);
  CHECK(std::get<std::string>(delta[1].insert) == "Claire");
  CHECK(delta[1].attributes == crdt::Attributes{{"bold", Any(crdt::AnyObject{})}});
}

TEST_CASE("what did not change keeps its identity: edits made meanwhile stay in place, everybody converges") {
  auto doc = minutes();
  auto then = copy_of(doc), colleague = copy_of(doc);
  auto root = *crdt::find_root(doc, "default");
  auto kept = child(doc, root, 2).item;
  {
    crdt::Editor editor(doc, 2);
    paragraph(editor, editor.root("default"), 1, "Ajout malheureux");
    REQUIRE(editor.insert_text(child(doc, child(doc, editor.root("default"), 0), 0), 0, "Grande r"));
    editor.commit(Format::v1);
  }
  Bytes meanwhile;
  {
    crdt::Editor editor(colleague, 3);
    auto line = child(colleague, editor.root("default"), 2);
    REQUIRE(editor.insert_text(child(colleague, line, 0), 15, ", sauf la clé"));
    meanwhile = editor.commit(Format::v1);
  }
  auto before = doc.encode_state(Format::v1);
  auto update = restored(doc, then);
  CHECK(same_content(doc, then));
  CHECK(child(doc, root, 2).item == kept);
  REQUIRE(doc.apply_update(meanwhile, Format::v1));
  REQUIRE(colleague.apply_update(before, Format::v1));
  REQUIRE(colleague.apply_update(update, Format::v1));
  CHECK(same_content(doc, colleague));
  CHECK(crdt::read_text(doc, child(doc, child(doc, root, 2), 0)) == "Rien à signaler, sauf la clé 🙂");
  CHECK(crdt::read_text(doc, child(doc, child(doc, root, 0), 0)) == "Réunion du mardi");
}

TEST_CASE("any document is restored to any other") {
  uint64_t seed = 3;
  auto next = [&](uint64_t below) {
    seed = seed * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return (seed >> 33) % below;
  };
  const std::string_view words[] = {"un", " deux", "é", "🙂", " ", "trois quatre", "."};
  const std::string_view marks[] = {"bold", "italic", "link"};
  for (int round = 0; round < 120; ++round) {
    crdt::Doc doc = minutes();
    std::vector<crdt::Doc> versions;
    versions.push_back(copy_of(doc));
    for (uint64_t step = 0; step < 30; ++step) {
      crdt::Editor editor(doc, 10 + step);
      auto root = editor.root("default");
      auto count = crdt::length_of(doc, root);
      auto at = next(count + 1);
      switch (next(5)) {
        case 0:
          paragraph(editor, root, at, words[next(std::size(words))], next(2) ? "paragraph" : "heading");
          break;
        case 1:
          if (at < count) REQUIRE(editor.remove(root, at, 1));
          break;
        default: {
          if (at >= count) break;
          auto line = child(doc, root, at);
          auto text = child(doc, line, 0);
          if (crdt::kind_of(doc, text) != NodeKind::xml_text) break;
          auto length = crdt::length_of(doc, text);
          auto from = next(length + 1), most = next(length - from + 1);
          // Never between the halves of a pair: no editor does that.
          auto plain = crdt::read_text(doc, text);
          if (plain.contains("🙂")) from = most = 0;
          if (next(3) == 0) {
            auto value =
                next(2) ? Any(crdt::AnyObject{{"href", Any("https://example.fr")}}) : Any(crdt::Null{});
            REQUIRE(editor.format_text(text, from, most, {{std::string(marks[next(3)]), value}}));
          } else if (next(2)) {
            REQUIRE(editor.insert_text(text, from, words[next(std::size(words))]));
          } else {
            REQUIRE(editor.delete_text(text, from, most));
          }
          REQUIRE(editor.set(line, next(2) ? "level" : "align", Any(static_cast<int>(next(3)))));
        }
      }
      editor.commit(Format::v1);
      if (step % 10 == 0) versions.push_back(copy_of(doc));
    }
    for (auto& version : versions) {
      restored(doc, version, 1000 + static_cast<uint64_t>(&version - versions.data()));
      CHECK(same_content(doc, version));
    }
  }
}

TEST_CASE("a version that holds a document inside the document is refused, and states that do not load") {
  // One client, one struct: content of kind 9 (a document) under the root "default".
  Bytes subdocument{1, 1, 5, 0, 9, 1, 7};
  for (char c : std::string_view("default")) subdocument.push_back(static_cast<uint8_t>(c));
  for (int byte : {2, 0x69, 0x64, 118, 0, 0}) subdocument.push_back(static_cast<uint8_t>(byte));
  crdt::Doc target;
  REQUIRE(target.apply_update(subdocument, Format::v1));
  auto doc = minutes();
  auto refused = forward_edit(doc.encode_state(Format::v2), target.encode_state(Format::v1), 99);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().is(document_reasons::version_unrestorable));
  auto corrupt = forward_edit(doc.encode_state(Format::v2), as_bytes("rubbish"), 99);
  REQUIRE_FALSE(corrupt);
  CHECK(corrupt.error().is(reasons::corrupt));
}

}  // namespace parvis
