#pragma once
// HTTP/1.0 and 1.1 request heads (RFC 9112), strict: what two parsers could read differently is refused, so
// that no proxy in front can be made to disagree with us (request smuggling). Sans-IO: views point into the
// caller's bytes.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parvis::proto {

namespace http_reasons {
inline constexpr Reason malformed_head{Code::invalid, "malformed_head", "La demande HTTP est mal formée.",
                                       "The HTTP request is malformed."};
inline constexpr Reason head_too_large{Code::too_large, "head_too_large",
                                       "Les en-têtes de la demande sont trop volumineux.",
                                       "The request's headers are too large."};  // 431
inline constexpr Reason target_too_long{Code::too_large, "target_too_long",
                                        "L’adresse demandée est trop longue.",
                                        "The requested address is too long."};  // 414
inline constexpr Reason version_not_supported{Code::unsupported, "version_not_supported",
                                              "Cette version de HTTP n’est pas prise en charge.",
                                              "This version of HTTP is not supported."};  // 505
inline constexpr Reason not_implemented{Code::unsupported, "not_implemented",
                                        "Cette méthode ou ce codage n’est pas pris en charge.",
                                        "This method or transfer coding is not supported."};  // 501
inline constexpr Reason expectation_failed{Code::invalid, "expectation_failed",
                                           "L’attente annoncée par le client ne peut pas être satisfaite.",
                                           "The client's expectation cannot be met."};  // 417
}  // namespace http_reasons

struct HeaderField {
  std::string_view name;  // as sent
  std::string_view value;
};

struct RequestHead {
  std::string_view method;
  std::string_view target;  // as sent
  int minor_version = 1;    // HTTP/1.<minor>: 0 or 1
  std::vector<HeaderField> headers;

  std::string_view host;  // "" only in HTTP/1.0
  std::optional<uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false;
  bool upgrade = false;  // Connection: upgrade
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

struct HeadLimits {
  size_t max_bytes = 16 << 10;
  size_t max_headers = 100;
  size_t max_target_bytes = 8 << 10;
};

inline constexpr size_t max_method_bytes = 32;

/// Where the head ends (after the empty line), or 0 when more bytes are needed. `scanned` is where the last
/// call stopped: starts at 0, so bytes that trickle in are looked at once. Fails early on what can never
/// become a request.
Result<size_t> find_head_end(std::string_view bytes, size_t& scanned, const HeadLimits& limits);

/// Parses a whole head, exactly as found by find_head_end(). `out` may be reused: its vector keeps its
/// memory.
Result<void> parse_request_head(std::string_view head, const HeadLimits& limits, RequestHead& out);

/// The value of the first header named so, or "".
std::string_view find_header(const std::vector<HeaderField>& headers, std::string_view name);

}  // namespace parvis::proto
