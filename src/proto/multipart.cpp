#include "proto/multipart.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "proto/ascii.h"
#include "proto/url.h"

namespace parvis::proto {
namespace {

std::unexpected<Error> malformed(const char* detail) { return fail(reasons::malformed, detail); }

std::string unquote(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  value = value.substr(1, value.size() - 2);
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    // Browsers escape only the quote ("%22" or "\""); a backslash before anything else is a Windows path.
    if (value[i] == '\\' && i + 1 < value.size() && (value[i + 1] == '"' || value[i + 1] == '\\')) ++i;
    out.push_back(value[i]);
  }
  return out;
}

/// RFC 8187: UTF-8'language'percent-encoded. "" when not that.
std::string extended_value(std::string_view value) {
  size_t first = value.find('\'');
  size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos || !ascii::same(value.substr(0, first), "utf-8")) return {};
  auto decoded = percent_decode(value.substr(second + 1));
  return decoded && utf8::valid(*decoded) ? *decoded : std::string();
}

/// Only the last component, without what a file system or a terminal could stumble over.
std::string safe_file_name(std::string_view name) {
  if (size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string out;
  for (char c : name) {
    if (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f) out.push_back(c);
  }
  return out == "." || out == ".." ? std::string() : out;
}

Result<void> read_disposition(std::string_view value, MultipartHead& head) {
  bool first = true;
  std::string extended;
  for (auto& [name, text] : parse_parameters(value)) {
    if (std::exchange(first, false)) {
      if (!ascii::same(name, "form-data")) return malformed("part is not form-data");
    } else if (name == "name") {
      head.name = text;
    } else if (name == "filename") {
      head.file_name = safe_file_name(text);
    } else if (name == "filename*") {
      extended = safe_file_name(text);
    }
  }
  if (!extended.empty()) head.file_name = extended;
  if (!utf8::valid(head.name) || (head.file_name && !utf8::valid(*head.file_name)))
    return malformed("part name");
  return {};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_parameters(std::string_view header) {
  std::vector<std::pair<std::string, std::string>> out;
  for_each_element(header, ';', [&](std::string_view part) {
    size_t equals = part.find('=');
    if (out.empty() || equals == std::string_view::npos) {
      out.emplace_back(part, "");
      return true;
    }
    std::string name;
    for (char c : ascii::trim(part.substr(0, equals))) name.push_back(ascii::lower(c));
    auto value = ascii::trim(part.substr(equals + 1));
    bool extended = name.ends_with('*');
    auto text = extended ? extended_value(value) : unquote(value);
    out.emplace_back(std::move(name), std::move(text));
    return true;
  });
  return out;
}

Result<MultipartParser> MultipartParser::create(std::string_view boundary, MultipartLimits limits) {
  bool valid = !boundary.empty() && boundary.size() <= 70 && boundary.back() != ' ' &&
               std::ranges::all_of(boundary, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!valid) return malformed("multipart boundary");
  return MultipartParser("\r\n--" + std::string(boundary), limits);
}

/// Data up to the next delimiter. Only '\r' can begin one, so after a failed match the search restarts where
/// it is.
Result<MultipartParser::Event> MultipartParser::body(ByteView& in) {
  while (!in.empty()) {
    if (matched_ == 0) {
      auto* found = static_cast<const uint8_t*>(std::memchr(in.data(), '\r', in.size()));
      size_t plain = found ? static_cast<size_t>(found - in.data()) : in.size();
      if (plain) {
        auto data = in.first(plain);
        in = in.subspan(plain);
        if (in_part_) return Event{Kind::data, data};
        continue;
      }
    }
    if (in.front() == static_cast<uint8_t>(delimiter_[matched_])) {
      in = in.subspan(1);
      if (++matched_ < delimiter_.size()) continue;
      matched_ = 0;
      assumed_ = 0;
      state_ = State::after_delimiter;
      part_end_due_ = std::exchange(in_part_, false);
      return Event{};
    }
    held_.assign(delimiter_, assumed_, matched_ - assumed_);
    matched_ = 0;
    assumed_ = 0;
    if (in_part_ && !held_.empty()) return Event{Kind::data, as_bytes(held_)};
  }
  return Event{};
}

/// After "--boundary": "--" closes, CRLF (after optional spaces) begins a part. True once decided.
Result<bool> MultipartParser::after_delimiter(ByteView& in, bool& closing) {
  while (!in.empty()) {
    char c = static_cast<char>(in.front());
    in = in.subspan(1);
    line_.push_back(c);
    if (line_ == "--") return closing = true;
    if (line_.ends_with("\r\n")) return true;
    bool fine = c == ' ' || c == '\t' || c == '\r' || (c == '-' && line_.size() == 1);
    if (!fine || line_.size() > 64) return malformed("multipart delimiter");
  }
  return false;
}

/// True when the head is whole; `line_` gathers it.
Result<bool> MultipartParser::read_head(ByteView& in) {
  while (!in.empty()) {
    line_.push_back(static_cast<char>(in.front()));
    in = in.subspan(1);
    if (line_.size() > limits_.max_head_bytes) return fail(reasons::too_large, "head of a part");
    if (line_ != "\r\n" && !line_.ends_with("\r\n\r\n")) continue;
    head_ = {};
    bool disposed = false;
    std::string_view rest = line_;
    while (rest != "\r\n") {
      size_t end = rest.find("\r\n");
      auto line = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      size_t colon = line.find(':');
      if (colon == std::string_view::npos || !ascii::all(line.substr(0, colon), ascii::token)) {
        return malformed("header of a part");
      }
      auto value = ascii::trim(line.substr(colon + 1));
      if (!ascii::all(value, ascii::field_value)) return malformed("header of a part");
      if (ascii::same(line.substr(0, colon), "content-disposition")) {
        TRY(read_disposition(value, head_));
        disposed = true;
      } else if (ascii::same(line.substr(0, colon), "content-type")) {
        head_.content_type = value;
      }
    }
    if (!disposed) return malformed("part without Content-Disposition");
    return true;
  }
  return false;
}

Result<MultipartParser::Event> MultipartParser::next(ByteView& in) {
  while (true) {
    if (std::exchange(part_end_due_, false)) return Event{Kind::part_end};
    switch (state_) {
      case State::preamble:
      case State::body: {
        auto event = TRY(body(in));
        if (event.kind == Kind::data) return event;
        if (state_ != State::after_delimiter) return Event{};
        break;
      }
      case State::after_delimiter: {
        bool closing = false;
        if (!TRY(after_delimiter(in, closing))) return Event{};
        line_.clear();
        state_ = closing ? State::epilogue : State::head;
        if (closing) return Event{Kind::end};
        if (++parts_ > limits_.max_parts) return fail(reasons::too_large, "parts of a form");
        break;
      }
      case State::head:
        if (!TRY(read_head(in))) return Event{};
        line_.clear();
        state_ = State::body;
        in_part_ = true;
        // The head's own final CRLF may begin the delimiter of an empty part.
        matched_ = assumed_ = 2;
        return Event{Kind::part};
      case State::epilogue:
        in = {};
        return Event{};
    }
  }
}

Result<void> MultipartParser::finish() const {
  if (state_ != State::epilogue) return malformed("multipart body cut short");
  return {};
}

}  // namespace parvis::proto
