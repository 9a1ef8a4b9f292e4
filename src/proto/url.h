#pragma once
// URLs as a server meets them (RFC 3986): percent encoding, request targets, queries.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parvis::proto {

/// Nullopt on a '%' that two hex digits do not follow.
std::optional<std::string> percent_decode(std::string_view text);
/// Encodes all but unreserved characters: fit for one path segment or one query value.
std::string percent_encode(std::string_view text);
/// As percent_encode, but keeps '/': fit for a path.
std::string percent_encode_path(std::string_view text);

struct Target {
  std::string_view scheme;     // absolute-form only, else ""
  std::string_view authority;  // absolute-form only, else ""
  std::string_view path;       // raw; "/" when absent; "*" for OPTIONS *
  std::string_view query;      // raw, without '?'
};
/// Splits an origin-form, absolute-form or asterisk-form target that the head parser let through.
Target split_target(std::string_view target);

/// Decoded and free of "." and ".." segments. An encoded slash stays "%2F" (and an encoded percent sign
/// before "2F" stays "%25"), so that segments keep their borders. Nullopt on bad encoding, NUL or other
/// control bytes, invalid UTF-8, or a ".." above the root. Empty segments are kept: "/a//b" is not "/a/b".
std::optional<std::string> normalise_path(std::string_view raw_path);
/// True when `raw_path` is its own normal form: then nothing needs to be copied.
bool path_is_normal(std::string_view raw_path);

/// A "." or ".." segment, encoded or not.
bool has_dot_segments(std::string_view raw_path);

/// Decodes '+' as a space. Broken escapes are kept as they are: a query is data, each reader validates its
/// own.
std::string decode_query_text(std::string_view text);
/// Calls back with decoded names and values, in order; at most `max_query_pairs`.
inline constexpr size_t max_query_pairs = 500;
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);
/// The first value named so, without decoding the others.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
std::vector<std::string> query_values(std::string_view query, std::string_view name);

}  // namespace parvis::proto
