#include "module/documents/reading_page.h"

#include <fmt/format.h>

#include "core/civil_time.h"
#include "core/secret.h"
#include "module/documents/document_html.h"

namespace parvis {
namespace {

// Colours of the interface (web/src/ui/tokens.css), light and dark.
constexpr std::string_view style =
    R"(:root{color-scheme:light dark;--bg:#f6f4ef;--paper:#fff;--soft:#eeebe3;--line:#827c70;--text:#1a2126;--weak:#4b5358;--link:#0b5563;--tint:#ddecec;--mark:#faecd3}
@media (prefers-color-scheme:dark){:root{--bg:#11171a;--paper:#1a2226;--soft:#0c1113;--line:#7c8a90;--text:#e8eceb;--weak:#b4bec0;--link:#84d2db;--tint:#173a41;--mark:#3b2b10}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999rem}
.skip:focus{position:static}
body>header,main,body>footer{max-width:48rem;margin:0 auto;padding:.75rem 1rem}
body>header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between}
.meta,body>header,body>footer{color:var(--weak);font-size:.875rem}
article{padding:1.25rem;background:var(--paper);border:1px solid var(--soft);border-radius:.5rem}
h1,h2,h3,h4{line-height:1.25;margin:1.5em 0 .5em}
h1{font-size:1.75rem;margin:0}
h2{font-size:1.375rem}
h3{font-size:1.125rem}
h4{font-size:1rem}
.meta{margin:.25rem 0 1.5rem}
p,ul,ol,blockquote,pre,table{margin:0 0 .75rem}
ul,ol{padding-left:1.5rem}
li>p{margin-bottom:.25rem}
blockquote{padding-left:1rem;border-left:3px solid var(--line);color:var(--weak)}
pre,code{background:var(--soft);border-radius:.25rem;font:.9em ui-monospace,"Noto Sans Mono",monospace}
code{padding:.1em .3em}
pre{padding:.75rem 1rem;white-space:pre-wrap}
pre code{padding:0;font-size:1em}
hr{border:0;border-top:1px solid var(--line)}
img{max-width:100%;height:auto}
mark{background:var(--mark);color:inherit}
.wide{overflow-x:auto}
table{border-collapse:collapse}
th,td{padding:.4rem .6rem;border:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:break-word}
th{background:var(--soft)}
td>:last-child,th>:last-child{margin-bottom:0}
ul[data-type=taskList]{padding:0;list-style:none}
ul[data-type=taskList]>li{display:flex;gap:.6rem}
ul[data-type=taskList]>li>div{flex:1;min-width:0}
input{width:1.15rem;height:1.15rem;margin:.2rem 0 0}
.mention{padding:.05em .3em;border-radius:.25rem;background:var(--tint);color:inherit;text-decoration:none}
a.mention{color:var(--link);text-decoration:underline}
nav h2{font-size:1rem;margin:1.25rem 0 .25rem}
nav ul{margin:0}
.stamp{margin-top:2rem;padding:.5rem .75rem;border:1px solid var(--line);font-size:.875rem}
@media (max-width:30rem){article{padding:.9rem}h1{font-size:1.4rem}}
@media print{:root{color-scheme:light;--bg:#fff;--paper:#fff;--soft:#eee;--line:#666;--text:#000;--weak:#333;--link:#000}body{font-size:11pt}body>header,body>footer,nav,.skip{display:none}main,article{max-width:none;padding:0;border:0}h1,h2,h3,h4{break-after:avoid}tr,img,pre,blockquote{break-inside:avoid}thead{display:table-header-group}@page{margin:2cm}}
)";

constexpr std::string_view months_fr[] = {"janvier",   "février", "mars",     "avril",
                                          "mai",       "juin",    "juillet",  "août",
                                          "septembre", "octobre", "novembre", "décembre"};
constexpr std::string_view months_en[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

constexpr Text skip_text{"Aller au texte", "Skip to the text"};
constexpr Text open_text{"Ouvrir dans l’application", "Open in the application"};
constexpr Text children_text{"Sous-pages", "Pages below"};
constexpr Text backlinks_text{"Cité par", "Mentioned by"};
constexpr Text download_text{"Télécharger :", "Download:"};

std::string changed_line(const ReadingPage& page) {
  auto when = format_moment(page.document.updated_at, page.language);
  bool english = page.language == Language::english;
  if (page.changed_by.empty()) return fmt::format("{} {}", english ? "Changed on" : "Modifié le", when);
  return fmt::format("{} {} {} {}", english ? "Changed on" : "Modifié le", when, english ? "by" : "par",
                     page.changed_by);
}

void add_links(std::string& out, std::string_view title, const std::vector<ReadingPage::Link>& links) {
  if (links.empty()) return;
  auto name = escaped(title);
  fmt::format_to(std::back_inserter(out), "<nav aria-label=\"{}\"><h2>{}</h2><ul>", name, name);
  for (auto& link : links)
    fmt::format_to(std::back_inserter(out), "<li><a href=\"/documents/{}/lecture\">{}</a></li>",
                   link.id.text(), escaped(link.title));
  out += "</ul></nav>";
}

void add_head(std::string& out, const ReadingPage& page, bool leaves) {
  fmt::format_to(std::back_inserter(out),
                 "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                 "content=\"width=device-width,initial-scale=1\">",
                 language_name(page.language));
  if (leaves)
    fmt::format_to(std::back_inserter(out), "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">",
                   "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  fmt::format_to(std::back_inserter(out), "<title>{}</title><style>{}</style></head><body>",
                 escaped(leaves ? page.document.title : page.document.title + " · " + page.house_name),
                 style);
}

void add_article(std::string& out, const ReadingPage& page) {
  fmt::format_to(std::back_inserter(out), "<main id=\"texte\"><article><h1>{}</h1><p class=\"meta\">{}</p>{}",
                 escaped(page.document.title),
                 escaped(page.stamp.empty() ? changed_line(page) : page.space_name), page.content);
  if (!page.stamp.empty())
    fmt::format_to(std::back_inserter(out), "<p class=\"stamp\">{}</p>", escaped(page.stamp));
  out += "</article>";
}

}  // namespace

const std::string& reading_page_policy() {
  static const std::string policy = [] {
    Bytes digest;
    from_hex(hash_secret(style), digest);
    return "default-src 'none'; style-src 'sha256-" + to_base64(digest, Base64::standard_padded) +
           "'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }();
  return policy;
}

std::string format_moment(Instant at, Language language) {
  constexpr int64_t hour_ms = 3'600'000;
  int64_t local_ms = at.ms + paris_offset_hours(at) * hour_ms;
  int64_t day = local_ms / (24 * hour_ms);
  auto date = civil_from_days(day);
  auto month = static_cast<size_t>(date.month - 1);
  int64_t minutes = local_ms / 60'000 % (24 * 60);
  if (language == Language::english)
    return fmt::format("{} {} {} at {:02}:{:02}", date.day, months_en[month], date.year, minutes / 60,
                       minutes % 60);
  return fmt::format("{}{} {} {} à {} h {:02}", date.day, date.day == 1 ? "er" : "", months_fr[month],
                     date.year, minutes / 60, minutes % 60);
}

std::string render_reading_page(const ReadingPage& page) {
  auto id = page.document.id.text();
  std::string out;
  out.reserve(page.content.size() + style.size() + 4'096);
  add_head(out, page, false);
  fmt::format_to(
      std::back_inserter(out),
      "<a class=\"skip\" href=\"#texte\">{}</a><header><span>{}</span><a href=\"/d/{}\">{}</a></header>",
      skip_text.in(page.language), escaped(page.space_name), id, open_text.in(page.language));
  add_article(out, page);
  add_links(out, children_text.in(page.language), page.children);
  add_links(out, backlinks_text.in(page.language), page.backlinks);
  fmt::format_to(std::back_inserter(out), "</main><footer>{}", download_text.in(page.language));
  for (std::string_view format : {"odt", "docx", "pdf", "md", "html"}) {
    std::string name(format);
    for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
    fmt::format_to(std::back_inserter(out), " <a href=\"/api/v1/documents/{}/export?format={}\">{}</a>", id,
                   format, name);
  }
  out += "</footer></body></html>\n";
  return out;
}

std::string render_html_file(const ReadingPage& page) {
  std::string out;
  add_head(out, page, true);
  add_article(out, page);
  out += "</main></body></html>\n";
  return out;
}

}  // namespace parvis
