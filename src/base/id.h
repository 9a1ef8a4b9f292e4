#pragma once
// 128-bit time-ordered identifiers (UUIDv7, RFC 9562 section 5.7), written as 26 Crockford base32 characters,
// lower case. The tag makes a PersonId and a SpaceId different types; storage keeps the 26 characters as
// text.
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace parvis {

struct RawId {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const RawId&) const = default;
  bool empty() const { return *this == RawId{}; }
};

std::string format_id(const RawId& id);
std::optional<RawId> parse_id(std::string_view text);
/// `random` holds 10 unpredictable bytes.
RawId make_id(Instant now, const std::array<uint8_t, 10>& random);

template <class Tag>
struct Id : RawId {
  Id() = default;
  explicit Id(const RawId& raw) : RawId(raw) {}
  std::string text() const { return format_id(*this); }
  static std::optional<Id> parse(std::string_view text) {
    auto raw = parse_id(text);
    return raw ? std::optional<Id>(Id(*raw)) : std::nullopt;
  }
};

struct IdHash {
  // UUIDv7 keeps its random bits at the end.
  size_t operator()(const RawId& id) const {
    size_t out;
    std::memcpy(&out, id.bytes.data() + 8, sizeof out);
    return out;
  }
};

using PersonId = Id<struct PersonTag>;
using SpaceId = Id<struct SpaceTag>;
using SessionId = Id<struct SessionTag>;
using AdministrationId = Id<struct AdministrationTag>;
using FileId = Id<struct FileTag>;

}  // namespace parvis

template <class Tag>
struct std::hash<parvis::Id<Tag>> : parvis::IdHash {};
