#include "core/network_policy/zones.h"

#include <algorithm>
#include <string>

namespace parvis {
namespace {

constexpr std::string_view directory = "/usr/share/zoneinfo/";
constexpr size_t max_name_bytes = 40;

struct Known {
  std::string_view name, rule;
};
// Rules of tzdata 2026a. A machine without zone files still keeps France's hours.
constexpr Known known[] = {{"UTC", "UTC0"},
                           {"Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3"},
                           {"America/Guadeloupe", "AST4"},
                           {"America/Martinique", "AST4"},
                           {"America/St_Barthelemy", "AST4"},
                           {"America/Marigot", "AST4"},
                           {"America/Cayenne", "<-03>3"},
                           {"America/Miquelon", "<-03>3<-02>,M3.2.0,M11.1.0"},
                           {"Indian/Reunion", "<+04>-4"},
                           {"Indian/Mayotte", "EAT-3"},
                           {"Indian/Kerguelen", "<+05>-5"},
                           {"Pacific/Noumea", "<+11>-11"},
                           {"Pacific/Wallis", "<+12>-12"},
                           {"Pacific/Tahiti", "<-10>10"},
                           {"Pacific/Marquesas", "<-0930>9:30"},
                           {"Pacific/Gambier", "<-09>9"}};

/// "Area/Place", nothing that leaves the directory.
bool plausible(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.size() <= max_name_bytes && name.front() != '/' && name.back() != '/' &&
         name.find("//") == std::string_view::npos && std::ranges::all_of(name, allowed);
}

std::shared_ptr<const proto::TimeZone> read_zone(Fs& fs, const std::string& path) {
  auto status = fs.status(path);
  if (!status || status->directory || status->size > proto::max_zone_file_bytes) return nullptr;
  auto file = fs.open(path);
  if (!file) return nullptr;
  Bytes bytes(status->size);
  auto got = (*file)->read_at(0, bytes);
  if (!got || *got != bytes.size()) return nullptr;
  auto zone = proto::TimeZone::parse(bytes);
  return zone ? std::make_shared<const proto::TimeZone>(std::move(*zone)) : nullptr;
}

}  // namespace

std::shared_ptr<const proto::TimeZone> french_zone(std::string_view name) {
  auto found = std::ranges::find(known, name, &Known::name);
  if (found == std::end(known)) return nullptr;
  return std::make_shared<const proto::TimeZone>(*proto::parse_zone_rule(found->rule));
}

std::shared_ptr<const proto::TimeZone> find_zone(Fs& fs, std::string_view name) {
  if (!plausible(name)) return nullptr;
  if (auto zone = read_zone(fs, std::string(directory) + std::string(name))) return zone;
  return french_zone(name);
}

}  // namespace parvis
