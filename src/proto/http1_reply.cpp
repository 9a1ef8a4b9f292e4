#include "proto/http1_reply.h"

namespace parvis::proto {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "HTTP/1.1 204 No Content"
std::optional<int> status_of(std::string_view line) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || !is_digit(line[7]) || line[8] != ' ')
    return std::nullopt;
  if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return status >= 100 ? std::optional(status) : std::nullopt;
}

}  // namespace

Result<std::optional<int>> parse_reply_status(std::string_view bytes) {
  auto left = bytes;
  for (;;) {
    // What can't become a status line is refused before its end comes.
    constexpr std::string_view begin = "HTTP/1.";
    auto seen = left.substr(0, begin.size());
    if (!begin.starts_with(seen)) return fail(reasons::malformed, "no HTTP reply");
    size_t end = left.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      if (bytes.size() > max_reply_head_bytes) return fail(reasons::malformed, "head too long");
      return std::optional<int>();
    }
    auto status = status_of(left.substr(0, left.find("\r\n")));
    if (!status || *status == 101) return fail(reasons::malformed, "status line");
    if (*status >= 200) return status;
    left.remove_prefix(end + 4);
    if (bytes.size() - left.size() > max_reply_head_bytes) return fail(reasons::malformed, "head too long");
  }
}

}  // namespace parvis::proto
