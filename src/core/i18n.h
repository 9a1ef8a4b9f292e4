#pragma once
// Two languages, French first. Which one a request is answered in: its person's, else the browser's.
#include <string_view>

#include "core/http/request.h"

namespace parvis {

enum class Language : uint8_t { french, english };

inline Language parse_language(std::string_view name) {
  return name == "en" ? Language::english : Language::french;
}
inline std::string_view language_name(Language language) {
  return language == Language::english ? "en" : "fr";
}
/// By Accept-Language; French when it says nothing useful.
Language preferred_language(const http::Request& request);

struct Text {
  std::string_view fr, en;
  std::string_view in(Language language) const { return language == Language::english ? en : fr; }
};

}  // namespace parvis
