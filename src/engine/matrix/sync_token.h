#pragma once
// Opaque positions handed to clients: /sync batches and pagination points.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parvis::matrix {

enum class Stream : uint8_t { events, receipts, account_data, typing, to_device, device_lists, presence };
inline constexpr size_t stream_count = 7;
inline constexpr size_t max_token_bytes = 160;

/// One position per stream: everything up to and including it has been delivered.
struct SyncToken {
  std::array<int64_t, stream_count> positions{};

  int64_t& operator[](Stream stream) { return positions[static_cast<size_t>(stream)]; }
  int64_t operator[](Stream stream) const { return positions[static_cast<size_t>(stream)]; }
  bool operator==(const SyncToken&) const = default;
  /// Every position at least that of `other`.
  bool covers(const SyncToken& other) const;
  /// "s" then the positions in base 36 joined by "_", trailing zeros left out.
  std::string text() const;
  /// nullopt when malformed, negative or over 2^53 − 1. A pagination token gives its event position alone.
  static std::optional<SyncToken> parse(std::string_view text);
};

/// A point between events of a room: after the event at `position` (0 = before everything).
struct PageToken {
  int64_t position = 0;
  std::string text() const;  // "t" + base 36
  /// Accepts sync tokens too: clients paginate from prev_batch and next_batch alike.
  static std::optional<PageToken> parse(std::string_view text);
};

}  // namespace parvis::matrix
