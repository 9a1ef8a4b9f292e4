#pragma once
// multipart/form-data (RFC 7578, framing of RFC 2046), streaming: a file of any size passes through without
// being held.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace parvis::proto {

struct MultipartHead {
  std::string name;                      // of the form field
  std::optional<std::string> file_name;  // last path component only; present for files
  std::string content_type;              // "" when not stated
};

struct MultipartLimits {
  size_t max_parts = 100;
  size_t max_head_bytes = 4 << 10;  // of one part
};

class MultipartParser {
 public:
  enum class Kind : uint8_t { need_more, part, data, part_end, end };
  struct Event {
    Kind kind = Kind::need_more;
    ByteView data;  // for Kind::data; valid until the next call
  };
  /// `boundary` as in the Content-Type parameter: 1 to 70 characters.
  static Result<MultipartParser> create(std::string_view boundary, MultipartLimits limits = {});

  /// Takes bytes off the front of `in`. Errors (reasons::malformed, reasons::too_large) are final.
  Result<Event> next(ByteView& in);
  /// Of the part announced last.
  const MultipartHead& head() const { return head_; }
  /// The body ended here: an error unless the closing delimiter was seen.
  Result<void> finish() const;

 private:
  enum class State : uint8_t { preamble, after_delimiter, head, body, epilogue };
  MultipartParser(std::string delimiter, MultipartLimits limits)
      : delimiter_(std::move(delimiter)), limits_(limits) {}
  Result<Event> body(ByteView& in);
  Result<bool> after_delimiter(ByteView& in, bool& closing);
  Result<bool> read_head(ByteView& in);

  std::string delimiter_;  // "\r\n--boundary"
  size_t matched_ = 2;     // bytes of delimiter_ matched so far, across calls
  size_t assumed_ =
      2;  // of those, not part of the data: a delimiter on the first line has no CRLF of its own
  MultipartLimits limits_;
  State state_ = State::preamble;
  bool in_part_ = false;
  bool part_end_due_ = false;
  size_t parts_ = 0;
  std::string line_;  // rest of the delimiter line, then the head
  std::string held_;  // a failed partial match, told as data
  MultipartHead head_;
};

/// The parameters of one header value such as Content-Disposition: 'form-data; name="a"; filename*=UTF-8''b'.
/// The first pair is (value, ""). Quoted strings are unescaped; RFC 8187 values (name*) are decoded, under
/// "name*".
std::vector<std::pair<std::string, std::string>> parse_parameters(std::string_view header);

}  // namespace parvis::proto
