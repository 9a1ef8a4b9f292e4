#pragma once
// GET /documents/{id}/lecture: a document as one page that needs no script, weighs little, and prints well.
#include <string>
#include <vector>

#include "core/i18n.h"
#include "module/documents/api.h"

namespace parvis {

struct ReadingPage {
  Language language = Language::french;
  std::string house_name, space_name;
  DocumentRecord document;
  std::string changed_by;
  std::string stamp;    // of a frozen version, a sentence; else empty
  std::string content;  // HTML, safe
  struct Link {
    DocumentId id;
    std::string title;
  };
  std::vector<Link> children, backlinks;
};

std::string render_reading_page(const ReadingPage& page);
/// The document as a file that leaves the house: one page with its style inside.
std::string render_html_file(const ReadingPage& page);
/// The policy of both: the page's own style and pictures of the house, nothing else.
const std::string& reading_page_policy();

/// "24 novembre 2026 à 14 h 05", in Paris.
std::string format_moment(Instant at, Language language);

}  // namespace parvis
