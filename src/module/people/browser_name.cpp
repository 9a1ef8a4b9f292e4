#include "module/people/routes.h"

namespace parvis {
namespace {

struct Mark {
  std::string_view mark, name;
};
// Order matters: Edge and Opera also say Chrome, Chrome also says Safari; Android also says Linux.
constexpr Mark browsers[] = {{"Edg/", "Edge"},      {"OPR/", "Opera"},     {"Firefox/", "Firefox"},
                             {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},  {"Chromium/", "Chromium"},
                             {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}};
constexpr Mark systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"},  {"iPad", "iPad"},
                            {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"},
                            {"Linux", "Linux"}};

template <size_t count>
std::string_view first_of(const Mark (&marks)[count], std::string_view text) {
  for (auto& mark : marks) {
    if (text.find(mark.mark) != std::string_view::npos) return mark.name;
  }
  return {};
}

}  // namespace

std::string browser_name(std::string_view user_agent) {
  auto browser = first_of(browsers, user_agent);
  auto system = first_of(systems, user_agent);
  std::string name(browser.empty() ? "Navigateur" : browser);
  if (!system.empty()) name += " · " + std::string(system);
  return name;
}

}  // namespace parvis
