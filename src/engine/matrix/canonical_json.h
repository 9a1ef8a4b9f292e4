#pragma once
// Canonical JSON (appendices, "Canonical JSON"), with the strictness of room versions 6 and later: integers
// in ±(2^53 − 1) only, keys sorted by code point, shortest UTF-8 encoding. Same value, same bytes: what is
// hashed, signed and stored.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace parvis::matrix {

inline constexpr int64_t max_integer = (int64_t{1} << 53) - 1;
inline constexpr size_t max_event_bytes = 65'536;  // a whole PDU, signatures included
/// A request body that carries event content; nesting leaves room for the event around it.
inline constexpr json::Limits content_limits{.max_bytes = max_event_bytes, .max_depth = 30};

/// Text known to be canonical JSON. Holding one is the proof; copyable, owns its bytes.
class Canonical {
 public:
  Canonical() : text_("{}") {}
  /// errors::bad_json for a number that is not an integer in range, ill-formed UTF-8, or nesting over 100.
  static Result<Canonical> of(const json::Value& value);
  /// Straight from text, without a tree: errors::not_json when not JSON (the detail says where),
  /// errors::bad_json for a duplicate key, a number out of range, a lone surrogate or too deep nesting,
  /// errors::event_too_large over max_bytes.
  static Result<Canonical> parse(std::string_view text, json::Limits limits = content_limits);
  /// For bytes that this engine made earlier and storage kept.
  static Canonical trusted(std::string text) { return Canonical(std::move(text)); }

  std::string_view text() const { return text_; }
  std::string take() && { return std::move(text_); }
  bool is_object() const { return text_.starts_with('{'); }
  bool operator==(const Canonical&) const = default;

 private:
  explicit Canonical(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A request body that must be a JSON object: errors::not_json or errors::bad_json (not an object).
Result<json::Value> parse_object(std::string_view body, json::Limits limits = {});

/// Appends `text` quoted as canonical JSON wants. `text` must be valid UTF-8.
void append_canonical_string(std::string& out, std::string_view text);

}  // namespace parvis::matrix
