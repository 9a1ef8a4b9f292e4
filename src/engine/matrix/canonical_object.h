#pragma once
// Reading and editing canonical objects as text, without a tree: redaction, signing and serving work on the
// stored bytes. Every function expects canonical text (see Canonical); keys compared here are plain ASCII.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parvis::matrix {

/// Walks the members of one canonical object.
///   for (ObjectReader members(text); auto member = members.next();) …
class ObjectReader {
 public:
  struct Member {
    std::string_view key;    // between the quotes, as written
    std::string_view value;  // canonical text of the value
  };
  /// `object` outlives the reader. Anything but an object has no members.
  explicit ObjectReader(std::string_view object);
  std::optional<Member> next();

 private:
  std::string_view rest_;
};

/// The canonical text of `key`'s value, or empty when absent.
std::string_view member_of(std::string_view object, std::string_view key);

/// The decoded text of a canonical string value; nullopt when `value` is no string.
std::optional<std::string> decode_string(std::string_view value);
/// Integer value; nullopt when `value` is no number.
std::optional<int64_t> decode_integer(std::string_view value);

/// The object without `removed` keys.
std::string without_members(std::string_view object, std::span<const std::string_view> removed);
/// The object with `key` set to `value` (canonical), in its sorted place.
std::string with_member(std::string_view object, std::string_view key, std::string_view value);

}  // namespace parvis::matrix
