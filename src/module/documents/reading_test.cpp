#include <doctest/doctest.h>

#include "core/testing.h"
#include "module/documents/document_html.h"
#include "module/documents/document_links.h"
#include "module/documents/module.h"
#include "module/documents/reading_page.h"

namespace parvis {
namespace {

RichNode node(std::string type, std::vector<RichNode> children = {}, crdt::Attributes attributes = {}) {
  return {.type = std::move(type),
          .text = {},
          .attributes = std::move(attributes),
          .children = std::move(children)};
}
RichNode run(std::string text, crdt::Attributes marks = {}) {
  return {.type = "text", .text = std::move(text), .attributes = std::move(marks), .children = {}};
}
crdt::Any link(std::string address) { return crdt::AnyObject{{"href", std::move(address)}}; }
RichNode line(std::string text) { return node("paragraph", {run(std::move(text))}); }
const crdt::Any on = crdt::AnyObject{};

/// The content as it is after having been a shared document.
RichText written(std::vector<RichNode> blocks) {
  crdt::Doc doc;
  REQUIRE(write_rich_text(doc, 7, node("doc", std::move(blocks))));
  return read_rich_text(doc);
}

std::string html(std::vector<RichNode> blocks, HtmlOptions::Use use = HtmlOptions::Use::fragment) {
  return document_html(
      written(std::move(blocks)),
      {.use = use, .language = Language::french, .house = "https://parvis.test", .picture = {}});
}

struct At {
  explicit At(store::TestDatabase& database) : house(database) {
    claire = house.agent("claire");
    bruno = house.agent("bruno");
    space = house.space(claire);
    REQUIRE(house.run(house.spaces->set_member(claire, space, bruno.person, Role::visitor)));
    as_claire = house.sign_in(claire);
    as_bruno = house.sign_in(bruno);
    module = static_cast<DocumentsModule*>(&house.add(make_documents_module));
  }
  std::string make(const std::string& title, SpaceId in, std::vector<RichNode> blocks) {
    auto made = house.send(as_claire, "POST", "/api/v1/spaces/" + in.text() + "/documents",
                           R"({"title":")" + title + R"("})");
    REQUIRE(made.status == 201);
    std::string id(*json::text(made.json, "id"));
    crdt::Doc doc;
    auto updates = write_rich_text(doc, 7, node("doc", std::move(blocks)));
    REQUIRE(updates);
    for (auto& update : *updates)
      REQUIRE(
          house.send(as_claire, "POST", "/collaboration/http/" + id, std::string(as_text(update))).status ==
          204);
    return id;
  }
  void index() { house.run(drain(module)); }
  static Task<int> drain(DocumentsModule* module) {
    co_await module->drain(Monotonic{});
    co_return 0;
  }

  TestHouse house;
  Actor claire, bruno;
  SpaceId space;
  TestHouse::SignedIn as_claire, as_bruno;
  DocumentsModule* module = nullptr;
};

}  // namespace

TEST_CASE("every node of the editor has its element") {
  CHECK(html({node("heading", {run("Ordre")}, {{"level", 2}}), line("du jour")}) ==
        "<h2>Ordre</h2><p>du jour</p>");
  CHECK(html({node("bulletList",
                   {node("listItem", {line("un"), node("bulletList", {node("listItem", {line("a")})})})})}) ==
        "<ul><li><p>un</p><ul><li><p>a</p></li></ul></li></ul>");
  CHECK(html({node("orderedList", {node("listItem", {line("trois")})}, {{"start", 3}})}) ==
        "<ol start=\"3\"><li><p>trois</p></li></ol>");
  CHECK(
      html({node("taskList", {node("taskItem", {line("fait")}, {{"checked", true}})})}) ==
      "<ul data-type=\"taskList\"><li data-checked=\"true\"><label><input type=\"checkbox\" checked disabled "
      "aria-label=\"Fait\"></label><div><p>fait</p></div></li></ul>");
  CHECK(html({node("blockquote", {line("cité")}), node("horizontalRule"),
              node("codeBlock", {run("a < b\n")})}) ==
        "<blockquote><p>cité</p></blockquote><hr><pre><code>a &lt; b\n</code></pre>");
  CHECK(html({node("table",
                   {node("tableRow", {node("tableHeader", {line("A")}), node("tableHeader", {line("B")})}),
                    node("tableRow", {node("tableCell", {line("1")}, {{"colspan", 2}})})})}) ==
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td "
        "colspan=\"2\">1</td></tr></tbody></table>");
  CHECK(html({node("paragraph", {run("a", {{"bold", on}, {"italic", on}}), node("hardBreak"),
                                 run("b", {{"code", on}})})}) ==
        "<p><strong><em>a</em></strong><br><code>b</code></p>");
  CHECK(html({node("paragraph",
                   {node("mention", {}, {{"kind", "person"}, {"id", "x"}, {"label", "Claire"}})})}) ==
        "<p><span data-mention=\"person\">@Claire</span></p>");
  CHECK(html({node("diagram", {line("d’un éditeur de demain")})}) ==
        "<div><p>d’un éditeur de demain</p></div>");
  CHECK(html({line("seul"), node("paragraph")}) == "<p>seul</p>");
}

TEST_CASE("neighbouring runs with one link are one link; a mark's suffix is not its name") {
  CHECK(
      html({node("paragraph", {run("un ", {{"link", link("https://a.test/")}}),
                               run("lien", {{"link", link("https://a.test/")}, {"bold--Zm9vYmFy", on}})})}) ==
      "<p><a href=\"https://a.test/\" rel=\"noopener noreferrer\">un <strong>lien</strong></a></p>");
}

TEST_CASE("nothing that a document holds becomes markup, runs, or loads from elsewhere") {
  CHECK(html({line("<script>alert(1)</script> & \"x\"")}) ==
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;</p>");
  for (std::string address :
       {"javascript:alert(1)", "JaVaScRiPt:x", " javascript:x", "java\tscript:x", "data:text/html,x",
        "//ailleurs.test", "/\\ailleurs.test", "/\t/ailleurs.test", "vbscript:x", ""})
    CHECK_MESSAGE(html({node("paragraph", {run("x", {{"link", link(address)}})})}) == "<p>x</p>", address);
  for (std::string address : {"https://a.test/?a=1", "HTTP://a.test", "mailto:a@b.test", "/d/x", "#bas"})
    CHECK_MESSAGE(html({node("paragraph", {run("x", {{"link", link(address)}})})}).contains("<a href="),
                  address);
  CHECK(html({node("paragraph", {run("x", {{"link", link("https://a.test/\"onclick=\"x")}})})})
            .contains("href=\"https://a.test/&quot;onclick=&quot;x\""));
  CHECK(html({node("image", {}, {{"src", "https://ailleurs.test/i.png"}, {"alt", "<b>"}})}) ==
        "<p><em>&lt;b&gt;</em></p>");
  CHECK(html({node("paragraph",
                   {node("mention", {}, {{"kind", "document"}, {"id", "../../x"}, {"label", "p"}})})}) ==
        "<p><span data-mention=\"document\">p</span></p>");
  CHECK(html({node("script", {run("alert(1)")}), node("p onload=x", {run("y")})}) ==
        "<div>alert(1)</div><div>y</div>");
  CHECK(html({node("codeBlock", {run("x")}, {{"language", "\"><script>"}})}, HtmlOptions::Use::file) ==
        "<pre><code>x</code></pre>");
}

TEST_CASE("on a page, titles begin below its own, whatever the first level of the text") {
  auto title = [](int level) { return node("heading", {run("t")}, {{"level", level}}); };
  CHECK(html({title(1), title(2)}, HtmlOptions::Use::page) == "<h2>t</h2><h3>t</h3>");
  CHECK(html({title(2), title(3)}, HtmlOptions::Use::page) == "<h2>t</h2><h3>t</h3>");
  CHECK(html({title(3), title(1)}, HtmlOptions::Use::file) == "<h4>t</h4><h2>t</h2>");
  CHECK(html({title(3)}, HtmlOptions::Use::converter) == "<h3>t</h3>");
}

TEST_CASE("a picture is a file of the house; a file that leaves has whole addresses") {
  std::string file = "01m85tv89zfhw8xtpdjpgbn3tb";
  RichNode picture =
      node("image", {}, {{"fileId", file}, {"src", "https://x.test"}, {"alt", "plan"}, {"width", 300}});
  CHECK(html({picture}) ==
        "<img src=\"/api/v1/files/" + file + "/content\" alt=\"plan\" width=\"300\" loading=\"lazy\">");
  CHECK(html({node("image", {}, {{"src", "/api/v1/files/" + file + "/content"}})}, HtmlOptions::Use::file)
            .contains("src=\"https://parvis.test/api/v1/files/" + file + "/content\""));
  RichNode page = node("mention", {}, {{"kind", "document"}, {"id", file}, {"label", "Bilan"}});
  CHECK(html({node("paragraph", {page})}, HtmlOptions::Use::converter) ==
        "<p><a href=\"https://parvis.test/d/" + file + "\">Bilan</a></p>");
  CHECK(
      html({node("paragraph", {page})}, HtmlOptions::Use::page).contains("/documents/" + file + "/lecture"));
}

TEST_CASE("deep and large documents end at a sentence, and cost no more") {
  RichNode deep = line("fond");
  for (int i = 0; i < max_rich_depth + 20; ++i) deep = node("blockquote", {deep});
  crdt::Doc doc;
  crdt::Editor editor(doc, 7);
  auto at = editor.root("default");
  for (int i = 0; i < max_rich_depth + 20; ++i) {
    auto inner = editor.insert_node(at, 0, crdt::NodeKind::element, "blockquote");
    REQUIRE(inner);
    at = *inner;
  }
  editor.commit(crdt::Format::v1);
  CHECK(read_rich_text(doc).truncated);
  RichText large;
  large.root.children.assign(6, line(std::string(1 << 20, '<')));
  auto shown = document_html(
      large, {.use = HtmlOptions::Use::fragment, .language = Language::english, .house = {}, .picture = {}});
  CHECK(shown.ends_with("open it to read on.</strong></p>"));
  CHECK(shown.size() < 3 * max_html_bytes);
}

TEST_CASE("documents that a text mentions, each once") {
  std::string one = "01m85tv89zfhw8xtpdjpgbn3tb", two = "01m85tv89zfhw8xtpdjpgbn3tc";
  auto text =
      written({node("paragraph", {node("mention", {}, {{"kind", "document"}, {"id", one}, {"label", "x"}}),
                                  run("y", {{"link", link("https://parvis.test/d/" + two + "?modifier")}}),
                                  run("z", {{"link", link("/documents/" + one + "/lecture")}}),
                                  run("w", {{"link", link("https://ailleurs.test/d/" + one)}})})});
  auto found = mentioned_documents(text.root, "https://parvis.test");
  REQUIRE(found.size() == 2);
  CHECK(found[0].text() == one);
  CHECK(found[1].text() == two);
}

TEST_CASE("a reader gets the text without script, in their language, and pages below and around") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    auto id = at.make("Compte <rendu>", at.space, {line("Bonjour à toutes")});
    auto source = at.make(
        "Annexe", at.space,
        {node("paragraph", {node("mention", {}, {{"kind", "document"}, {"id", id}, {"label", "CR"}})})});
    auto hidden = at.house.space(at.claire, SpaceKind::project, Visibility::secret);
    auto secret = at.make("Réservé", hidden, {node("paragraph", {run("là", {{"link", link("/d/" + id)}})})});
    REQUIRE(
        at.house.send(at.as_claire, "PATCH", "/api/v1/documents/" + source, R"({"parent_id":")" + id + "\"}")
            .status == 200);
    at.index();

    auto fragment = at.house.get(at.as_bruno, "/api/v1/documents/" + id + "/html");
    CHECK(fragment.status == 200);
    CHECK(fragment.text == "<p>Bonjour à toutes</p>");
    CHECK(fragment.header("Content-Security-Policy").starts_with("sandbox"));
    auto again = at.house.call({.target = "/api/v1/documents/" + id + "/html",
                                .as = &at.as_bruno,
                                .headers = {{"If-None-Match", std::string(fragment.header("ETag"))}}});
    CHECK(again.status == 304);
    CHECK(again.text.empty());

    auto page = at.house.get(at.as_bruno, "/documents/" + id + "/lecture");
    CHECK(page.status == 200);
    CHECK(page.text.contains("<html lang=\"fr\">"));
    CHECK(page.text.contains("<h1>Compte &lt;rendu&gt;</h1>"));
    CHECK(page.text.contains("<p>Bonjour à toutes</p>"));
    CHECK(page.text.contains("/documents/" + source + "/lecture\">Annexe</a>"));
    CHECK_FALSE(page.text.contains("Réservé"));
    CHECK_FALSE(page.text.contains("<script"));
    CHECK(page.text.size() < 10'000);
    CHECK(page.header("Content-Security-Policy") == reading_page_policy());
    CHECK_FALSE(page.header("Content-Security-Policy").contains("script-src"));
    REQUIRE(at.house.run(at.house.people->change(at.bruno.person, {.language = "en"}, {})));
    auto english = at.house.get(at.as_bruno, "/documents/" + id + "/lecture");
    CHECK(english.text.contains("<html lang=\"en\">"));
    CHECK(english.text.contains("Open in the application"));

    auto meta = at.house.get(at.as_bruno, "/api/v1/documents/" + id);
    CHECK(meta.json.at("backlinks").as_array().size() == 1);
    CHECK(*json::text(meta.json.at("backlinks").at(0), "title") == "Annexe");
    CHECK(at.house.get(at.as_claire, "/api/v1/documents/" + id).json.at("backlinks").as_array().size() == 2);
    CHECK(at.house.send(at.as_claire, "DELETE", "/api/v1/documents/" + secret).status == 204);
    CHECK(at.house.get(at.as_claire, "/api/v1/documents/" + id).json.at("backlinks").as_array().size() == 1);

    auto stranger = at.house.sign_in(at.house.agent("idriss"));
    CHECK(at.house.get(stranger, "/api/v1/documents/" + id + "/html").status == 404);
    CHECK(at.house.get(stranger, "/documents/" + id + "/lecture").status == 404);
  });
}

TEST_CASE("pages hear of a new, renamed and trashed document; a template is there from the start") {
  store::for_each_engine([](store::TestDatabase& database) {
    At at(database);
    std::vector<SpaceId> heard;
    at.house.events.documents.listen([&](const DocumentsChanged& changed) {
      if (changed.threads_of.empty()) heard.push_back(changed.space);
    });
    auto path = "/api/v1/spaces/" + at.space.text() + "/documents";
    auto made = at.house.send(at.as_claire, "POST", path, R"({"title":"CR","template":"minutes"})");
    REQUIRE(made.status == 201);
    CHECK(heard == std::vector{at.space});
    auto id = std::string(*json::text(made.json, "id"));
    CHECK(at.house.send(at.as_claire, "PATCH", "/api/v1/documents/" + id, R"({"title":"x"})").status == 200);
    CHECK(heard.size() == 2);
    CHECK(at.house.get(at.as_claire, "/api/v1/documents/" + id + "/html")
              .text.contains("<h2>Ordre du jour</h2>"));
    CHECK(at.house.send(at.as_claire, "DELETE", "/api/v1/documents/" + id).status == 204);
    CHECK(at.house.send(at.as_claire, "POST", "/api/v1/documents/" + id + "/restore").status == 200);
    CHECK(heard.size() == 4);
    REQUIRE(at.house.run(at.house.people->change(at.claire.person, {.language = "en"}, {})));
    auto letter = at.house.send(at.as_claire, "POST", path, R"({"title":"L","template":"letter"})");
    CHECK(at.house
              .get(at.as_claire, "/api/v1/documents/" + std::string(*json::text(letter.json, "id")) + "/html")
              .text.contains("Yours faithfully"));
    CHECK(at.house.send(at.as_claire, "POST", path, R"({"title":"L","template":"poem"})").status == 400);
    at.index();
    store::SearchQuery query{.text = "Décisions", .scopes = {at.space.text()}, .before_ms = std::nullopt};
    auto hits = at.house.run(at.house.search->query(query));
    REQUIRE(hits);
    CHECK(hits->size() == 1);
  });
}

TEST_CASE("moments are said as people say them") {
  CHECK(format_moment(Instant{1'764'000'000'000}, Language::french) == "24 novembre 2025 à 17 h 00");
  CHECK(format_moment(Instant{1'764'000'000'000}, Language::english) == "24 November 2025 at 17:00");
}

}  // namespace parvis
