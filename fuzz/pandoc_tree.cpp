// Pandoc's JSON, of files that strangers made, to a document and to HTML.
#include "module/documents/pandoc_tree.h"
#include "module/documents/document_html.h"

using namespace parvis;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto read = read_pandoc_tree({reinterpret_cast<const char*>(data), size}, "https://parvis.test");
  if (!read) return 0;
  crdt::Doc doc;
  if (!write_rich_text(doc, 7, read->root)) return 0;
  auto html = document_html(
      read_rich_text(doc),
      {.use = HtmlOptions::Use::fragment, .language = Language::french, .house = {}, .picture = {}});
  if (html.find("<script") != html.npos) __builtin_trap();
  return 0;
}
