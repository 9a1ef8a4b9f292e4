#include "module/documents/pandoc_tree.h"

#include <doctest/doctest.h>

#include "module/documents/document_html.h"
#include "module/documents/templates.h"

namespace parvis {
namespace {

/// The blocks of a tree as the reading page would show them.
std::string shown(const std::string& blocks) {
  auto read = read_pandoc_tree(R"({"pandoc-api-version":[1,23],"meta":{},"blocks":[)" + blocks + "]}",
                               "https://parvis.test");
  REQUIRE(read);
  crdt::Doc doc;
  REQUIRE(write_rich_text(doc, 7, read->root));
  return document_html(
      read_rich_text(doc),
      {.use = HtmlOptions::Use::fragment, .language = Language::french, .house = {}, .picture = {}});
}

std::string para(const std::string& inlines) { return R"({"t":"Para","c":[)" + inlines + "]}"; }
const std::string word = R"({"t":"Str","c":"mot"})";

}  // namespace

TEST_CASE("marks nest, and code stands alone") {
  CHECK(shown(para(R"({"t":"Strong","c":[{"t":"Emph","c":[)" + word +
                   R"(]}]},{"t":"Space"},{"t":"Strong","c":[{"t":"Code","c":[["",[],[]],"x<y"]}]})")) ==
        "<p><strong><em>mot</em></strong> <code>x&lt;y</code></p>");
  CHECK(shown(para(R"({"t":"Span","c":[["",["mark"],[]],[)" + word + "]]}")) == "<p><mark>mot</mark></p>");
}

TEST_CASE("links that would run lead nowhere; links to documents of the house are mentions") {
  auto link = [](const std::string& address) {
    return para(R"({"t":"Link","c":[["",[],[]],[)" + word + "],[\"" + address + "\",\"\"]]}");
  };
  CHECK(shown(link("javascript:x")) == "<p>mot</p>");
  CHECK(shown(link("#bas")) == "<p>mot</p>");
  CHECK(shown(para(R"({"t":"Link","c":[["",["footnote-back"],[]],[)" + word + R"(],["#fnref1",""]]})"))
            .empty());
  CHECK(shown(link("https://a.test")).contains("href=\"https://a.test\""));
  CHECK(shown(link("https://parvis.test/d/01m85tv89zfhw8xtpdjpgbn3tb")) ==
        "<p><a href=\"/d/01m85tv89zfhw8xtpdjpgbn3tb\" data-mention=\"document\">mot</a></p>");
}

TEST_CASE("what the editor has no node for keeps its words") {
  CHECK(shown(para(word + R"(,{"t":"Note","c":[)" + para(R"({"t":"Str","c":"en bas"})") + "]}")) ==
        "<p>mot<sup>[1]</sup></p><hr><ol><li><p>en bas</p></li></ol>");
  CHECK(shown(R"({"t":"DefinitionList","c":[[[)" + word + "],[[" + para(R"({"t":"Str","c":"sens"})") +
              "]]]]}") == "<p>mot</p><p>sens</p>");
  CHECK(shown(R"({"t":"BulletList","c":[[{"t":"HorizontalRule"}]]})") == "<ul><li><p></p><hr></li></ul>");
  CHECK(shown(R"({"t":"Header","c":[6,["",[],[]],[)" + word + "]]}") == "<h3>mot</h3>");
  CHECK(shown(R"({"t":"Inconnu","c":[]},{"t":"RawBlock","c":["html","<script>"]})") == "");
}

TEST_CASE("a list whose items all begin with a box is a checklist") {
  auto item = [](const std::string& text) {
    return R"([{"t":"Plain","c":[{"t":"Str","c":")" + text + R"("},{"t":"Space"},{"t":"Str","c":"x"}]}])";
  };
  CHECK(shown(R"({"t":"BulletList","c":[)" + item("☐") + "," + item("☒") + "]}")
            .contains("data-checked=\"true\""));
  CHECK_FALSE(shown(R"({"t":"BulletList","c":[)" + item("☐") + "," + item("a") + "]}").contains("taskList"));
}

TEST_CASE("trees that are damaged or too large are refused") {
  for (std::string text : {"", "{", "[]", "{}", R"({"blocks":7})"}) CHECK_FALSE(read_pandoc_tree(text, ""));
  for (std::string text : {R"({"blocks":[7,null,{"t":"Para"},{"t":"Table","c":[]},{"t":"Header","c":{}}]})",
                           R"({"blocks":[{"t":"Para","c":[{"t":"Link","c":[]},{"t":"Image"}]}],"meta":7})"})
    CHECK(read_pandoc_tree(text, ""));
  std::string many = R"({"blocks":[)";
  for (size_t i = 0; i <= max_rich_nodes; ++i) many += R"({"t":"HorizontalRule"},)";
  many.back() = ']';
  CHECK_FALSE(read_pandoc_tree(many + "}", ""));
}

TEST_CASE("templates in two languages, none for an empty document") {
  CHECK(document_template("", Language::french).children.empty());
  CHECK(is_document_template("letter"));
  CHECK_FALSE(is_document_template("poem"));
  CHECK(plain_text(document_template("note", Language::french)) == "ObjetContexteAnalyseProposition");
  CHECK(plain_text(document_template("minutes", Language::english)).contains("Agenda"));
}

}  // namespace parvis
