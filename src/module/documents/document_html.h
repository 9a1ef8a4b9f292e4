#pragma once
// A document as HTML that can hold nothing else: every text is escaped, every element and attribute is one of
// a few, links lead to addresses that is_safe_link() accepts, pictures are files of the house. Pure; no
// threading rules.
#include <functional>
#include <string>

#include "core/i18n.h"
#include "module/documents/rich_text.h"

namespace parvis {

struct HtmlOptions {
  enum class Use : uint8_t {
    fragment,   // inside the web app
    page,       // the reading page: titles one level down, tables that scroll, links to other reading pages
    file,       // a file that leaves the house: addresses are whole
    converter,  // input of a converter: as `file`, with checkboxes as characters
  };
  Use use = Use::fragment;
  Language language = Language::french;
  std::string house;  // "https://parvis.example.fr", before addresses that are whole
  /// The address of a picture's file; "" leaves its description only. Unset: the file's own address.
  std::function<std::string(std::string_view file_id)> picture;
};

/// Beyond, the end is left out and a sentence says so.
inline constexpr size_t max_html_bytes = 4 << 20;

std::string document_html(const RichText& text, const HtmlOptions& options);
/// Appends text escaped for HTML, between tags or inside a quoted attribute. What is no UTF-8 and control
/// characters are replaced.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

/// The file that a picture shows, "" when it is none of the house.
std::string picture_file(const RichNode& image);

}  // namespace parvis
