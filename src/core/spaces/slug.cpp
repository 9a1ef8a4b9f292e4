#include "core/spaces/slug.h"

#include "base/utf8.h"

namespace parvis {

constexpr size_t max_slug = 60;

std::string make_slug(std::string_view name) {
  std::string out;
  for (char c : utf8::fold(name)) {
    bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept && out.size() < max_slug)
      out.push_back(c);
    else if (!kept && !out.empty() && out.back() != '-' && out.size() + 1 < max_slug)
      out.push_back('-');
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "espace" : out;
}

std::string free_slug(std::string_view name, const std::function<bool(std::string_view)>& taken) {
  std::string base = make_slug(name), slug = base;
  for (int suffix = 2; taken(slug); ++suffix) slug = base + "-" + std::to_string(suffix);
  return slug;
}

}  // namespace parvis
