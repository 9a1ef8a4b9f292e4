#include "module/documents/pandoc_tree.h"

#include <algorithm>

#include "base/json.h"
#include "module/documents/api.h"

namespace parvis {
namespace {

constexpr json::Limits limits{.max_bytes = 64 << 20, .max_depth = 200};
constexpr int64_t deepest_heading = 3;
struct Box {
  std::string_view text;
  bool checked;
};
constexpr Box boxes[] = {{"☐", false},    {"☒", true},    {"☑", true},
                         {"[ ] ", false}, {"[x] ", true}, {"[X] ", true}};

RichNode element(std::string type, std::vector<RichNode> children = {}, crdt::Attributes attributes = {}) {
  return {.type = std::move(type),
          .text = {},
          .attributes = std::move(attributes),
          .children = std::move(children)};
}

std::string_view type_of(const json::Value& value) { return json::text(value, "t").value_or(""); }
const json::Value& content_of(const json::Value& value) {
  static const json::Value none;
  auto* content = json::find(value, "c");
  return content ? *content : none;
}
/// The element of an array; null when there is none.
const json::Value& at(const json::Value& value, size_t index) {
  static const json::Value none;
  if (!value.is_array() || index >= value.as_array().size()) return none;
  return value.as_array()[index];
}
std::string_view string_of(const json::Value& value) {
  return value.is_string() ? std::string_view(value.as_string()) : std::string_view();
}
int64_t integer_of(const json::Value& value, int64_t otherwise) {
  return value.is_int64() ? value.as_int64() : otherwise;
}
template <class F>
void each(const json::Value& array, F function) {
  if (!array.is_array()) return;
  for (auto& value : array.as_array()) function(value);
}

class TreeBuilder {
 public:
  explicit TreeBuilder(std::string_view house) : house_(house) {}

  bool overflown() const { return count_ > max_rich_nodes; }
  std::vector<RichNode> blocks(const json::Value& list, int depth);
  std::vector<RichNode> paragraphs(const json::Value& inlines);
  /// What footnotes said, behind a line.
  void add_notes(std::vector<RichNode>& out);

 private:
  struct Look {
    crdt::Attributes marks;
    crdt::Attributes with(std::string name, crdt::Any value = crdt::AnyObject{}) const {
      auto out = marks;
      if (std::ranges::none_of(out, [&](auto& one) { return one.first == name; }))
        out.emplace_back(std::move(name), std::move(value));
      return out;
    }
  };

  void block(const json::Value& block, int depth, std::vector<RichNode>& out);
  void inlines(const json::Value& list, const Look& look, int depth, std::vector<RichNode>& out);
  void inline_node(const json::Value& node, const Look& look, int depth, std::vector<RichNode>& out);
  void link(const json::Value& content, const Look& look, int depth, std::vector<RichNode>& out);
  void note(const json::Value& content, const Look& look, std::vector<RichNode>& out);
  void add_text(std::string_view text, const Look& look, std::vector<RichNode>& out);
  void add_code(std::string_view text, std::vector<RichNode>& out);
  RichNode list(std::string type, const json::Value& items, int depth);
  std::vector<RichNode> item(const json::Value& blocks, int depth);
  void table(const json::Value& content, int depth, std::vector<RichNode>& out);
  void rows(const json::Value& list, bool header, int depth, RichNode& into);
  RichNode take(RichNode node) {
    ++count_;
    return node;
  }

  std::string_view house_;
  size_t count_ = 0;
  std::vector<std::vector<RichNode>> notes_;
};

void TreeBuilder::add_text(std::string_view text, const Look& look, std::vector<RichNode>& out) {
  if (text.empty()) return;
  if (!out.empty() && out.back().type == "text" && out.back().attributes == look.marks) {
    out.back().text += text;
    return;
  }
  auto run = take(element("text", {}, look.marks));
  run.text = text;
  out.push_back(std::move(run));
}

/// Code stands alone: the editor lets no other mark beside it.
void TreeBuilder::add_code(std::string_view text, std::vector<RichNode>& out) {
  add_text(text, {.marks = {{"code", crdt::AnyObject{}}}}, out);
}

void TreeBuilder::inlines(const json::Value& list, const Look& look, int depth, std::vector<RichNode>& out) {
  if (depth > max_rich_depth) return;
  each(list, [&](const json::Value& node) {
    if (!overflown()) inline_node(node, look, depth, out);
  });
}

void TreeBuilder::inline_node(const json::Value& node, const Look& look, int depth,
                              std::vector<RichNode>& out) {
  static constexpr std::pair<std::string_view, std::string_view> marks[] = {{"Emph", "italic"},
                                                                            {"Strong", "bold"},
                                                                            {"Underline", "underline"},
                                                                            {"Strikeout", "strike"},
                                                                            {"Superscript", "superscript"},
                                                                            {"Subscript", "subscript"}};
  auto type = type_of(node);
  auto& content = content_of(node);
  if (type == "Str") return add_text(string_of(content), look, out);
  if (type == "Space" || type == "SoftBreak") return add_text(" ", look, out);
  if (type == "LineBreak") return out.push_back(take(element("hardBreak")));
  for (auto& [name, mark] : marks)
    if (type == name) return inlines(content, {look.with(std::string(mark))}, depth + 1, out);
  if (type == "SmallCaps") return inlines(content, look, depth + 1, out);
  if (type == "Quoted") {
    bool single = type_of(at(content, 0)) == "SingleQuote";
    add_text(single ? "‘" : "“", look, out);
    inlines(at(content, 1), look, depth + 1, out);
    return add_text(single ? "’" : "”", look, out);
  }
  if (type == "Cite") return inlines(at(content, 1), look, depth + 1, out);
  if (type == "Code" || type == "Math") return add_code(string_of(at(content, 1)), out);
  if (type == "Link") return link(content, look, depth, out);
  if (type == "Note") return note(content, look, out);
  if (type == "Span") {
    bool marked = false;
    each(at(at(content, 0), 1), [&](auto& name) { marked = marked || string_of(name) == "mark"; });
    return inlines(at(content, 1), marked ? Look{look.with("highlight")} : look, depth + 1, out);
  }
  if (type == "Image") {
    std::vector<RichNode> description;
    inlines(at(content, 1), {}, depth + 1, description);
    auto image = element("image", {}, {{"source", std::string(string_of(at(at(content, 2), 0)))}});
    if (auto words = plain_text(element("paragraph", std::move(description))); !words.empty())
      image.attributes.emplace_back("alt", std::move(words));
    out.push_back(take(std::move(image)));
  }
}

void TreeBuilder::link(const json::Value& content, const Look& look, int depth, std::vector<RichNode>& out) {
  // The arrow from a footnote back to its text.
  bool back = false;
  each(at(at(content, 0), 1), [&](auto& name) { back = back || string_of(name) == "footnote-back"; });
  if (back) return;
  auto address = string_of(at(at(content, 2), 0));
  auto path = address;
  if (!house_.empty() && path.starts_with(house_)) path.remove_prefix(house_.size());
  if (path.starts_with("/d/")) {
    if (auto document = DocumentId::parse(path.substr(3))) {
      std::vector<RichNode> words;
      inlines(at(content, 1), {}, depth + 1, words);
      auto label = plain_text(element("paragraph", std::move(words)));
      return out.push_back(take(element(
          "mention", {}, {{"kind", "document"}, {"id", document->text()}, {"label", std::move(label)}})));
    }
  }
  // Places inside the file have no address here.
  bool leads = is_safe_link(address) && !address.starts_with('#');
  inlines(at(content, 1),
          leads ? Look{look.with("link", crdt::AnyObject{{"href", std::string(address)}})} : look, depth + 1,
          out);
}

void TreeBuilder::note(const json::Value& content, const Look& look, std::vector<RichNode>& out) {
  auto place = notes_.size();
  notes_.emplace_back();
  auto said = blocks(content, max_rich_depth / 2);
  notes_[place] = std::move(said);
  add_text("[" + std::to_string(place + 1) + "]", {look.with("superscript")}, out);
}

void TreeBuilder::add_notes(std::vector<RichNode>& out) {
  if (notes_.empty()) return;
  auto list = element("orderedList");
  for (auto& said : notes_) {
    if (said.empty() || said[0].type != "paragraph") said.insert(said.begin(), element("paragraph"));
    list.children.push_back(element("listItem", std::move(said)));
  }
  out.push_back(element("horizontalRule"));
  out.push_back(std::move(list));
}

/// Pictures are blocks of the editor: they part a paragraph.
std::vector<RichNode> TreeBuilder::paragraphs(const json::Value& list) {
  std::vector<RichNode> parts, out;
  inlines(list, {}, 0, parts);
  auto current = element("paragraph");
  auto finish = [&] {
    auto words = plain_text(current);
    bool blank = current.children.empty() ||
                 (words.find_first_not_of(' ') == std::string::npos && !current.children.empty() &&
                  std::ranges::all_of(current.children, [](auto& one) { return one.type == "text"; }));
    if (!blank) out.push_back(take(std::move(current)));
    current = element("paragraph");
  };
  for (auto& part : parts) {
    if (part.type != "image") {
      current.children.push_back(std::move(part));
      continue;
    }
    finish();
    out.push_back(std::move(part));
  }
  finish();
  return out;
}

std::vector<RichNode> TreeBuilder::blocks(const json::Value& list, int depth) {
  std::vector<RichNode> out;
  if (depth > max_rich_depth) return out;
  each(list, [&](const json::Value& one) {
    if (!overflown()) block(one, depth, out);
  });
  return out;
}

void TreeBuilder::block(const json::Value& given, int depth, std::vector<RichNode>& out) {
  auto type = type_of(given);
  auto& content = content_of(given);
  auto append = [&](std::vector<RichNode> made) {
    out.insert(out.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
  };
  if (type == "Para" || type == "Plain") return append(paragraphs(content));
  if (type == "Div") return append(blocks(at(content, 1), depth + 1));
  if (type == "HorizontalRule") return out.push_back(take(element("horizontalRule")));
  if (type == "BulletList") return out.push_back(list("bulletList", content, depth));
  if (type == "Table") return table(content, depth, out);
  if (type == "Header") {
    auto parts = paragraphs(at(content, 2));
    auto level = std::clamp<int64_t>(integer_of(at(content, 0), 1), 1, deepest_heading);
    for (auto& part : parts) {
      if (part.type == "paragraph") {
        part.type = "heading";
        part.attributes.emplace_back("level", static_cast<double>(level));
      }
    }
    return append(std::move(parts));
  }
  if (type == "OrderedList") {
    auto made = list("orderedList", at(content, 1), depth);
    if (auto start = integer_of(at(at(content, 0), 0), 1); start > 1)
      made.attributes.emplace_back("start", static_cast<double>(start));
    return out.push_back(std::move(made));
  }
  if (type == "BlockQuote") {
    auto inside = blocks(content, depth + 1);
    if (!inside.empty()) out.push_back(take(element("blockquote", std::move(inside))));
    return;
  }
  if (type == "CodeBlock") {
    auto made = take(element("codeBlock"));
    if (auto language = string_of(at(at(at(content, 0), 1), 0)); !language.empty())
      made.attributes.emplace_back("language", std::string(language));
    add_text(string_of(at(content, 1)), {}, made.children);
    return out.push_back(std::move(made));
  }
  if (type == "LineBlock") {
    auto made = take(element("paragraph"));
    each(content, [&](const json::Value& line) {
      if (!made.children.empty()) made.children.push_back(take(element("hardBreak")));
      inlines(line, {}, depth + 1, made.children);
    });
    std::erase_if(made.children, [](auto& one) { return one.type == "image"; });
    return out.push_back(std::move(made));
  }
  if (type == "DefinitionList") {
    each(content, [&](const json::Value& entry) {
      append(paragraphs(at(entry, 0)));
      each(at(entry, 1), [&](const json::Value& said) { append(blocks(said, depth + 1)); });
    });
    return;
  }
  if (type == "Figure") {
    append(blocks(at(content, 2), depth + 1));
    append(blocks(at(at(content, 1), 1), depth + 1));
  }
}

/// An item begins with a paragraph, in the editor.
std::vector<RichNode> TreeBuilder::item(const json::Value& given, int depth) {
  auto inside = blocks(given, depth + 1);
  if (inside.empty() || inside[0].type != "paragraph")
    inside.insert(inside.begin(), take(element("paragraph")));
  return inside;
}

/// A list all of whose items begin with a box is a checklist.
RichNode TreeBuilder::list(std::string type, const json::Value& items, int depth) {
  auto made = take(element(std::move(type)));
  each(items, [&](const json::Value& one) {
    if (!overflown()) made.children.push_back(take(element("listItem", item(one, depth))));
  });
  auto first_run = [](RichNode& one) -> RichNode* {
    auto& line = one.children[0];
    return line.children.empty() || line.children[0].type != "text" ? nullptr : &line.children[0];
  };
  auto box_of = [&](RichNode& one) -> const Box* {
    auto* run = first_run(one);
    auto found =
        std::ranges::find_if(boxes, [&](auto& box) { return run && run->text.starts_with(box.text); });
    return found == std::end(boxes) ? nullptr : found;
  };
  if (made.type != "bulletList" || made.children.empty() || !std::ranges::all_of(made.children, box_of))
    return made;
  made.type = "taskList";
  for (auto& one : made.children) {
    auto* box = box_of(one);
    auto& text = first_run(one)->text;
    one.type = "taskItem";
    one.attributes.emplace_back("checked", box->checked);
    text.erase(0, box->text.size());
    text.erase(0, text.find_first_not_of(' '));
    if (text.empty()) one.children[0].children.erase(one.children[0].children.begin());
  }
  return made;
}

void TreeBuilder::rows(const json::Value& given, bool header, int depth, RichNode& into) {
  each(given, [&](const json::Value& row) {
    if (overflown()) return;
    auto made = take(element("tableRow"));
    bool empty = true;
    each(at(row, 1), [&](const json::Value& cell) {
      auto inside = blocks(at(cell, 4), depth + 1);
      empty = empty && inside.empty();
      if (inside.empty()) inside.push_back(take(element("paragraph")));
      auto one = take(element(header ? "tableHeader" : "tableCell", std::move(inside)));
      constexpr int64_t max_span = 1'000;
      for (auto [index, name] : {std::pair(2, "rowspan"), std::pair(3, "colspan")})
        if (auto span = integer_of(at(cell, static_cast<size_t>(index)), 1); span > 1 && span <= max_span)
          one.attributes.emplace_back(name, static_cast<double>(span));
      made.children.push_back(std::move(one));
    });
    // Formats without a heading row get an empty one.
    if (made.children.empty() || (header && empty)) return;
    into.children.push_back(std::move(made));
  });
}

void TreeBuilder::table(const json::Value& content, int depth, std::vector<RichNode>& out) {
  for (auto& line : blocks(at(at(content, 1), 1), depth + 1)) out.push_back(std::move(line));
  auto made = take(element("table"));
  rows(at(at(content, 3), 1), true, depth, made);
  each(at(content, 4), [&](const json::Value& body) {
    rows(at(body, 2), true, depth, made);
    rows(at(body, 3), false, depth, made);
  });
  rows(at(at(content, 5), 1), false, depth, made);
  if (!made.children.empty()) out.push_back(std::move(made));
}

/// What stands above the text in the file's own fields: its subtitle, authors and date stay in the text.
void add_field(TreeBuilder& builder, const json::Value& value, std::vector<RichNode>& out) {
  auto type = type_of(value);
  auto& content = content_of(value);
  std::vector<RichNode> made;
  if (type == "MetaInlines") made = builder.paragraphs(content);
  if (type == "MetaBlocks") made = builder.blocks(content, 0);
  if (type == "MetaString") {
    RichNode run{.type = "text", .text = std::string(string_of(content)), .attributes = {}, .children = {}};
    if (!run.text.empty()) made.push_back(element("paragraph", {std::move(run)}));
  }
  if (type == "MetaList") each(content, [&](auto& one) { add_field(builder, one, out); });
  for (auto& one : made) out.push_back(std::move(one));
}

}  // namespace

Result<ImportedText> read_pandoc_tree(std::string_view text, std::string_view house) {
  auto tree = TRY(json::parse(text, limits));
  auto* list = json::find(tree, "blocks");
  if (!list || !list->is_array()) return fail(reasons::malformed, "tree without blocks");
  TreeBuilder builder(house);
  ImportedText out;
  auto& children = out.root.children;
  if (auto* meta = json::find(tree, "meta")) {
    std::vector<RichNode> title;
    if (auto* said = json::find(*meta, "title")) add_field(builder, *said, title);
    for (auto& line : title) (out.title += out.title.empty() ? "" : " ") += plain_text(line);
    for (auto* name : {"subtitle", "author", "date", "abstract"})
      if (auto* said = json::find(*meta, name)) add_field(builder, *said, children);
  }
  for (auto& one : builder.blocks(*list, 0)) children.push_back(std::move(one));
  if (out.title.empty() && !children.empty() && children[0].type == "heading" &&
      children[0].number_attribute("level", 0) == 1) {
    out.title = plain_text(children[0]);
    children.erase(children.begin());
  }
  builder.add_notes(children);
  if (builder.overflown()) return fail(reasons::too_large, "nodes of an imported file");
  return out;
}

}  // namespace parvis
