#include "proto/negotiate.h"

#include "proto/ascii.h"

namespace parvis::proto {
namespace {

std::string_view name_of(std::string_view element) {
  return ascii::trim(element.substr(0, element.find(';')));
}

}  // namespace

int quality(std::string_view element) {
  int out = 1000;
  bool first = true;
  for_each_element(element, ';', [&](std::string_view part) {
    if (first) {
      first = false;
      return true;
    }
    if (!part.starts_with("q=") && !part.starts_with("Q=")) return true;
    part.remove_prefix(2);
    out = 0;
    if (part.empty() || part.size() > 5 || (part[0] != '0' && part[0] != '1')) return false;
    int value = (part[0] - '0') * 1000, scale = 100;
    if (part.size() > 1 && part[1] != '.') return false;
    for (size_t i = 2; i < part.size(); ++i, scale /= 10) {
      if (!ascii::is(part[i], ascii::digit)) return false;
      value += (part[i] - '0') * scale;
    }
    out = value <= 1000 ? value : 0;
    return false;
  });
  return out;
}

std::string_view coding_name(Coding coding) {
  switch (coding) {
    case Coding::gzip:
      return "gzip";
    case Coding::br:
      return "br";
    case Coding::identity:
      break;
  }
  return "identity";
}

Coding choose_coding(std::string_view accept_encoding, Codings available) {
  int gzip = -1, br = -1, any = -1;
  for_each_element(accept_encoding, ',', [&](std::string_view element) {
    auto name = name_of(element);
    if (ascii::same(name, "gzip") || ascii::same(name, "x-gzip")) gzip = quality(element);
    if (ascii::same(name, "br")) br = quality(element);
    if (name == "*") any = quality(element);
    return true;
  });
  if (gzip < 0) gzip = any;
  if (br < 0) br = any;
  if (!available.gzip) gzip = 0;
  if (!available.br) br = 0;
  if (br > 0 && br >= gzip) return Coding::br;
  return gzip > 0 ? Coding::gzip : Coding::identity;
}

size_t choose_language(std::string_view accept_language, std::span<const std::string_view> available) {
  size_t best = 0;
  int best_quality = 0;
  for_each_element(accept_language, ',', [&](std::string_view element) {
    auto primary = name_of(element);
    primary = primary.substr(0, primary.find('-'));
    int weight = quality(element);
    for (size_t i = 0; i < available.size(); ++i) {
      if (weight > best_quality && (ascii::same(primary, available[i]) || primary == "*")) {
        best = i;
        best_quality = weight;
        break;
      }
    }
    return true;
  });
  return best;
}

}  // namespace parvis::proto
