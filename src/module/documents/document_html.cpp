#include "module/documents/document_html.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "module/documents/api.h"

namespace parvis {
namespace {

using Use = HtmlOptions::Use;

struct MarkTag {
  std::string_view mark, tag;
};
/// Outermost first.
constexpr MarkTag mark_tags[] = {{"bold", "strong"},     {"italic", "em"},      {"underline", "u"},
                                 {"strike", "s"},        {"highlight", "mark"}, {"subscript", "sub"},
                                 {"superscript", "sup"}, {"code", "code"}};
struct PlainTag {
  std::string_view type, tag;
};
constexpr PlainTag block_tags[] = {{"paragraph", "p"},
                                   {"bulletList", "ul"},
                                   {"listItem", "li"},
                                   {"blockquote", "blockquote"},
                                   {"tableRow", "tr"}};
constexpr int64_t max_span = 1'000;
constexpr int64_t max_pixels = 10'000;

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

/// An identifier as it may stand in a path without any escaping.
bool is_plain_segment(std::string_view id) {
  return !id.empty() && id.size() <= 255 && id != "." && id != ".." && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.~:!$@").contains(c);
  });
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const HtmlOptions& options) : options_(options) {}

  /// Where the page's own title is the first level, those of the text begin at the second.
  void place_headings(const RichNode& root) {
    if (options_.use != Use::page && options_.use != Use::file) return;
    int64_t highest = 6;
    for (auto& node : root.children)
      if (node.type == "heading") highest = std::min(highest, node.number_attribute("level", 1));
    shift_ = 2 - std::max<int64_t>(highest, 1);
  }

  void blocks(const RichNode& parent, int depth) { blocks(parent, depth, parent.children.size()); }
  void blocks(const RichNode& parent, int depth, size_t last) {
    auto& children = parent.children;
    for (size_t i = 0; i < last && !full();) {
      size_t first = i++;
      if (!is_inline(children[first])) {
        block(children[first], depth);
        continue;
      }
      while (i < last && is_inline(children[i])) ++i;
      runs(parent, first, i);
    }
  }
  bool full() const { return out.size() > max_html_bytes; }

  std::string out;

 private:
  static bool is_inline(const RichNode& node) {
    return is_one_of(node.type, {"text", "hardBreak", "mention"});
  }
  bool leaves() const { return options_.use == Use::file || options_.use == Use::converter; }

  void open(std::string_view tag) { ((out += '<') += tag) += '>'; }
  void close(std::string_view tag) { ((out += "</") += tag) += '>'; }
  void attribute(std::string_view name, std::string_view value) {
    ((out += ' ') += name) += "=\"";
    append_escaped(out, value);
    out += '"';
  }
  void number(std::string_view name, int64_t value) { attribute(name, std::to_string(value)); }

  void inside(std::string_view tag, const RichNode& node, int depth) {
    open(tag);
    blocks(node, depth + 1);
    close(tag);
  }

  void block(const RichNode& node, int depth);
  void heading(const RichNode& node, int depth);
  void ordered_list(const RichNode& node, int depth);
  void task_item(const RichNode& node, int depth);
  void item_words(const RichNode& node, std::string_view before, int depth);
  void code_block(const RichNode& node);
  void image(const RichNode& node);
  void table(const RichNode& node, int depth);
  void cell(const RichNode& node, int depth);
  void runs(const RichNode& parent, size_t first, size_t last);
  void run(const RichNode& node);
  void mention(const RichNode& node);
  std::string address(std::string_view link) const;

  const HtmlOptions& options_;
  int64_t shift_ = 0;  // of the levels of titles
};

void HtmlWriter::block(const RichNode& node, int depth) {
  auto& type = node.type;
  if (type == "heading") return heading(node, depth);
  if (type == "orderedList") return ordered_list(node, depth);
  if (type == "taskItem") return task_item(node, depth);
  if (type == "listItem" && options_.use == Use::converter) {
    out += "<li>";
    item_words(node, "", depth);
    return close("li");
  }
  if (type == "codeBlock") return code_block(node);
  if (type == "image") return image(node);
  if (type == "table") return table(node, depth);
  if (is_one_of(type, {"tableCell", "tableHeader"})) return cell(node, depth);
  if (type == "taskList") {
    out += options_.use == Use::converter ? "<ul>" : "<ul data-type=\"taskList\">";
    blocks(node, depth + 1);
    return close("ul");
  }
  if (type == "horizontalRule") {
    out += "<hr>";
    return;
  }
  auto known = std::ranges::find(block_tags, std::string_view(type), &PlainTag::type);
  // What an editor of tomorrow brings is shown as its content.
  inside(known == std::end(block_tags) ? "div" : known->tag, node, depth);
}

void HtmlWriter::heading(const RichNode& node, int depth) {
  auto level = std::clamp<int64_t>(node.number_attribute("level", 1) + shift_, 1, 6);
  inside("h" + std::to_string(level), node, depth);
}

void HtmlWriter::ordered_list(const RichNode& node, int depth) {
  out += "<ol";
  if (auto start = node.number_attribute("start", 1); start != 1) number("start", start);
  out += '>';
  blocks(node, depth + 1);
  close("ol");
}

void HtmlWriter::task_item(const RichNode& node, int depth) {
  auto* value = node.attribute("checked");
  auto* flag = value ? value->as<bool>() : nullptr;
  bool done = flag && *flag;
  if (options_.use == Use::converter) {
    // Converters know a checkbox as the first characters of its item.
    out += "<li>";
    item_words(node, done ? "☒ " : "☐ ", depth);
    return close("li");
  }
  out += done ? "<li data-checked=\"true\"><label><input type=\"checkbox\" checked disabled"
              : "<li data-checked=\"false\"><label><input type=\"checkbox\" disabled";
  constexpr Text done_text{"Fait", "Done"}, to_do_text{"À faire", "To do"};
  attribute("aria-label", (done ? done_text : to_do_text).in(options_.language));
  out += "></label><div>";
  blocks(node, depth + 1);
  out += "</div></li>";
}

/// An item of one paragraph, with lists below or not, stays one line.
void HtmlWriter::item_words(const RichNode& node, std::string_view before, int depth) {
  auto& children = node.children;
  bool words = !children.empty() && children[0].type == "paragraph";
  bool tight = !words || std::all_of(children.begin() + 1, children.end(), [](auto& one) {
    return is_one_of(one.type, {"bulletList", "orderedList", "taskList"});
  });
  if (!tight) open("p");
  out += before;
  if (words) runs(children[0], 0, children[0].children.size());
  if (!tight) close("p");
  for (size_t i = words ? 1 : 0; i < children.size(); ++i) block(children[i], depth + 1);
}

void HtmlWriter::code_block(const RichNode& node) {
  out += "<pre><code";
  auto language = node.text_attribute("language");
  if (leaves() && is_plain_segment(language)) attribute("class", "language-" + std::string(language));
  out += '>';
  // A parser drops a line end right after <pre>.
  auto text = plain_text(node);
  append_escaped(out, text);
  out += "</code></pre>";
}

void HtmlWriter::image(const RichNode& node) {
  auto file = picture_file(node);
  auto source = file.empty()       ? std::string()
                : options_.picture ? options_.picture(file)
                                   : address("/api/v1/files/" + file + "/content");
  auto description = node.text_attribute("alt");
  if (source.empty()) {
    if (description.empty()) return;
    out += "<p><em>";
    append_escaped(out, description);
    out += "</em></p>";
    return;
  }
  // Converters take a picture for a part of a paragraph.
  if (options_.use == Use::converter) out += "<p>";
  out += "<img";
  attribute("src", source);
  attribute("alt", description);
  if (auto title = node.text_attribute("title"); !title.empty()) attribute("title", title);
  if (auto width = node.number_attribute("width", 0); width > 0 && width <= max_pixels)
    number("width", width);
  if (!leaves()) attribute("loading", "lazy");
  out += '>';
  if (options_.use == Use::converter) out += "</p>";
}

void HtmlWriter::table(const RichNode& node, int depth) {
  auto is_header = [](const RichNode& row) {
    return !row.children.empty() &&
           std::ranges::all_of(row.children, [](auto& cell) { return cell.type == "tableHeader"; });
  };
  bool headed = node.children.size() > 1 && is_header(node.children[0]);
  if (options_.use == Use::page) {
    // What scrolls must be reached without a mouse.
    constexpr Text table_text{"Tableau", "Table"};
    out += "<div class=\"wide\" role=\"group\" tabindex=\"0\"";
    attribute("aria-label", table_text.in(options_.language));
    out += '>';
  }
  out += "<table>";
  if (headed) {
    out += "<thead>";
    block(node.children[0], depth + 1);
    out += "</thead>";
  }
  out += "<tbody>";
  for (size_t i = headed ? 1 : 0; i < node.children.size() && !full(); ++i)
    block(node.children[i], depth + 1);
  out += "</tbody></table>";
  if (options_.use == Use::page) out += "</div>";
}

void HtmlWriter::cell(const RichNode& node, int depth) {
  auto* tag = node.type == "tableHeader" ? "th" : "td";
  (out += '<') += tag;
  for (auto* name : {"colspan", "rowspan"})
    if (auto span = node.number_attribute(name, 1); span > 1 && span <= max_span) number(name, span);
  out += '>';
  // One line needs no paragraph, and converters keep simple tables simple.
  bool one_line = node.children.size() == 1 && node.children[0].type == "paragraph";
  if (one_line) {
    runs(node.children[0], 0, node.children[0].children.size());
  } else {
    blocks(node, depth + 1);
  }
  close(tag);
}

/// Neighbours with the same link are one link.
void HtmlWriter::runs(const RichNode& parent, size_t first, size_t last) {
  for (size_t i = first; i < last && !full();) {
    auto link = link_of(parent.children[i]);
    bool leads = !link.empty() && is_safe_link(link);
    if (leads) {
      out += "<a";
      attribute("href", address(link));
      if (!leaves()) attribute("rel", "noopener noreferrer");
      out += '>';
    }
    size_t end = i + 1;
    while (leads && end < last && link_of(parent.children[end]) == link) ++end;
    for (; i < end; ++i) run(parent.children[i]);
    if (leads) out += "</a>";
  }
}

void HtmlWriter::run(const RichNode& node) {
  if (node.type == "hardBreak") {
    out += "<br>";
    return;
  }
  if (node.type == "mention") return mention(node);
  if (node.type != "text") return block(node, max_rich_depth);
  for (auto& [mark, tag] : mark_tags)
    if (has_mark(node, mark)) open(tag);
  append_escaped(out, node.text);
  for (auto at = std::rbegin(mark_tags); at != std::rend(mark_tags); ++at)
    if (has_mark(node, at->mark)) close(at->tag);
}

void HtmlWriter::mention(const RichNode& node) {
  auto kind = node.text_attribute("kind"), id = node.text_attribute("id"),
       label = node.text_attribute("label");
  std::string path;
  if (is_plain_segment(id)) {
    if (kind == "document" && DocumentId::parse(id))
      path =
          options_.use == Use::page ? "/documents/" + std::string(id) + "/lecture" : "/d/" + std::string(id);
    if (kind == "space") path = "/c/" + std::string(id);
    if (kind == "message") path = "/messages/" + std::string(id);
  }
  auto* tag = path.empty() ? "span" : "a";
  if (!(path.empty() && leaves())) {
    (out += '<') += tag;
    if (!path.empty()) attribute("href", address(path));
    if (!leaves()) attribute("data-mention", is_plain_segment(kind) ? kind : "person");
    if (options_.use == Use::page) attribute("class", "mention");
    out += '>';
  }
  if (kind.empty() || kind == "person") out += '@';
  append_escaped(out, label);
  if (!(path.empty() && leaves())) close(tag);
}

std::string HtmlWriter::address(std::string_view link) const {
  return leaves() && link.starts_with('/') ? options_.house + std::string(link) : std::string(link);
}

/// The editor keeps an empty paragraph at the end.
size_t length_without_tail(const RichNode& root) {
  size_t length = root.children.size();
  while (length > 0 && root.children[length - 1].type == "paragraph" &&
         root.children[length - 1].children.empty())
    --length;
  return length;
}

}  // namespace

std::string document_html(const RichText& text, const HtmlOptions& options) {
  HtmlWriter writer(options);
  writer.place_headings(text.root);
  writer.blocks(text.root, 0, length_without_tail(text.root));
  if (text.truncated || writer.full()) {
    constexpr Text cut{"La suite de ce document est trop longue pour cette page : ouvrez-le pour la lire.",
                       "The rest of this document is too long for this page: open it to read on."};
    ((writer.out += "<p><strong>") += cut.in(options.language)) += "</strong></p>";
  }
  return std::move(writer.out);
}

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8::sequence_length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD
      text.remove_prefix(1);
      continue;
    }
    unsigned char c = static_cast<unsigned char>(text[0]);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7f) {
      out += ' ';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

std::string picture_file(const RichNode& image) {
  if (auto id = FileId::parse(image.text_attribute("fileId"))) return id->text();
  std::string_view source = image.text_attribute("src");
  constexpr std::string_view prefix = "/api/v1/files/";
  if (!source.starts_with(prefix)) return {};
  source.remove_prefix(prefix.size());
  auto id = FileId::parse(source.substr(0, source.find('/')));
  return id ? id->text() : std::string();
}

}  // namespace parvis
