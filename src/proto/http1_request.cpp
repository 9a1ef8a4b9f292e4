#include "proto/http1_request.h"

#include <algorithm>
#include <cstring>

#include "proto/ascii.h"

namespace parvis::proto {
namespace {

std::unexpected<Error> malformed(const char* detail) { return fail(http_reasons::malformed_head, detail); }

/// A robust server skips one empty line before the request line (RFC 9112 section 2.2).
size_t leading_empty_line(std::string_view bytes) { return bytes.starts_with("\r\n") ? 2 : 0; }

bool valid_host(std::string_view host) {
  if (host.size() > 255 + 6) return false;
  return std::ranges::all_of(host, [](char c) {
    return (ascii::is(c, ascii::token) || c == ':' || c == '[' || c == ']') && c != '%' && c != '|' &&
           c != '^' && c != '`';
  });
}

Result<void> parse_version(std::string_view version, RequestHead& out) {
  bool shape = version.size() == 8 && version.starts_with("HTTP/") && ascii::is(version[5], ascii::digit) &&
               version[6] == '.' && ascii::is(version[7], ascii::digit);
  if (!shape) return malformed("request line without HTTP version");
  if (version[5] != '1' || version[7] > '1')
    return fail(http_reasons::version_not_supported, std::string(version));
  out.minor_version = version[7] - '0';
  return {};
}

Result<void> check_target(const RequestHead& out) {
  auto target = out.target;
  if (target.empty() || !ascii::all(target, ascii::target)) return malformed("target");
  if (out.method == "CONNECT") return fail(http_reasons::not_implemented, "CONNECT");
  if (target.front() == '/') return {};
  if (target == "*") {
    if (out.method == "OPTIONS") return {};
    return malformed("target * is for OPTIONS");
  }
  // absolute-form, sent to proxies (RFC 9112 section 3.2.2); a server must accept it.
  if (ascii::same(target.substr(0, 7), "http://") && target.size() > 7) return {};
  if (ascii::same(target.substr(0, 8), "https://") && target.size() > 8) return {};
  return malformed("form of target");
}

Result<void> parse_request_line(std::string_view line, const HeadLimits& limits, RequestHead& out) {
  size_t method_end = line.find(' ');
  size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end) return malformed("request line");
  out.method = line.substr(0, method_end);
  out.target = line.substr(method_end + 1, target_end - method_end - 1);
  if (out.method.empty() || out.method.size() > max_method_bytes || !ascii::all(out.method, ascii::token)) {
    return malformed("method");
  }
  TRY(parse_version(line.substr(target_end + 1), out));
  if (out.target.size() > limits.max_target_bytes) return fail(http_reasons::target_too_long);
  return check_target(out);
}

Result<void> read_content_length(std::string_view value, RequestHead& out) {
  // Even equal duplicates and lists are refused: nothing honest sends them.
  if (out.content_length) return malformed("duplicate Content-Length");
  if (value.empty() || value.size() > 18 || !ascii::all(value, ascii::digit))
    return malformed("Content-Length");
  uint64_t length = 0;
  for (char c : value) length = length * 10 + static_cast<uint64_t>(c - '0');
  out.content_length = length;
  return {};
}

struct Seen {
  bool host = false;
  bool close = false;  // wins over keep-alive, whatever their order
};

void read_connection(std::string_view value, RequestHead& out, Seen& seen) {
  for_each_element(value, ',', [&](std::string_view option) {
    if (ascii::same(option, "close")) seen.close = true;
    if (ascii::same(option, "keep-alive")) out.keep_alive = true;
    if (ascii::same(option, "upgrade")) out.upgrade = true;
    return true;
  });
}

Result<void> read_transfer_encoding(std::string_view value, RequestHead& out) {
  if (out.chunked) return malformed("duplicate Transfer-Encoding");
  if (out.minor_version == 0) return malformed("Transfer-Encoding in HTTP/1.0");
  if (!ascii::same(value, "chunked")) return fail(http_reasons::not_implemented, "transfer coding");
  out.chunked = true;
  return {};
}

/// Headers that change framing or the connection; all others are left to the handlers.
Result<void> read_known_header(const HeaderField& field, RequestHead& out, Seen& seen) {
  auto named = [&](std::string_view name) { return ascii::same(field.name, name); };
  switch (field.name.size()) {
    case 4:
      if (!named("host")) break;
      if (seen.host) return malformed("duplicate Host");
      if (!valid_host(field.value)) return malformed("Host");
      seen.host = true;
      out.host = field.value;
      break;
    case 6:
      if (!named("expect")) break;
      if (!ascii::same(field.value, "100-continue")) return fail(http_reasons::expectation_failed);
      out.expect_continue = out.minor_version == 1;
      break;
    case 10:
      if (named("connection")) read_connection(field.value, out, seen);
      break;
    case 14:
      if (named("content-length")) return read_content_length(field.value, out);
      break;
    case 17:
      if (named("transfer-encoding")) return read_transfer_encoding(field.value, out);
      break;
    default:
      break;
  }
  return {};
}

Result<HeaderField> parse_field(std::string_view line) {
  size_t colon = 0;
  while (colon < line.size() && ascii::is(line[colon], ascii::token)) ++colon;
  // Also catches obsolete folding (a line that begins with a space) and a space before the colon.
  if (colon == 0 || colon == line.size() || line[colon] != ':') return malformed("header name");
  auto value = ascii::trim(line.substr(colon + 1));
  if (!ascii::all(value, ascii::field_value)) return malformed("header value");
  return HeaderField{line.substr(0, colon), value};
}

/// Takes one line, which must end with CRLF: a bare LF or a CR elsewhere is refused.
Result<std::string_view> take_line(std::string_view& rest) {
  auto* newline = static_cast<const char*>(std::memchr(rest.data(), '\n', rest.size()));
  if (!newline) return malformed("line without end");
  auto length = static_cast<size_t>(newline - rest.data());
  if (length == 0 || rest[length - 1] != '\r') return malformed("bare LF");
  auto line = rest.substr(0, length - 1);
  rest.remove_prefix(length + 1);
  return line;
}

}  // namespace

Result<size_t> find_head_end(std::string_view bytes, size_t& scanned, const HeadLimits& limits) {
  size_t start = leading_empty_line(bytes);
  if (scanned == 0 && !bytes.empty() && bytes != "\r") {
    // A TLS hello or other noise on this port is answered at once rather than at the timeout.
    auto first = bytes.substr(start, max_method_bytes + 1);
    size_t length = 0;
    while (length < first.size() && ascii::is(first[length], ascii::token)) ++length;
    bool ended = length < first.size();
    if ((ended && (first[length] != ' ' || length == 0)) || length > max_method_bytes)
      return malformed("method");
  }
  size_t from = std::max(scanned, start);
  while (from < bytes.size()) {
    auto* newline = static_cast<const char*>(std::memchr(bytes.data() + from, '\n', bytes.size() - from));
    if (!newline) {
      from = bytes.size();
      break;
    }
    auto at = static_cast<size_t>(newline - bytes.data());
    if (at == start || bytes[at - 1] != '\r') return malformed("bare LF");
    if (at + 2 >= bytes.size()) {
      if (at + 1 < bytes.size() && bytes[at + 1] == '\n') return malformed("bare LF");
      from = at;  // looked at again with the next bytes
      break;
    }
    if (bytes[at + 1] == '\r' && bytes[at + 2] == '\n') {
      if (at + 3 > limits.max_bytes) return fail(http_reasons::head_too_large);
      return at + 3;
    }
    from = at + 1;
  }
  scanned = from;
  if (bytes.size() >= limits.max_bytes) {
    bool in_target = std::memchr(bytes.data() + start, '\n', bytes.size() - start) == nullptr;
    return fail(in_target ? http_reasons::target_too_long : http_reasons::head_too_large);
  }
  return 0;
}

Result<void> parse_request_head(std::string_view head, const HeadLimits& limits, RequestHead& out) {
  auto headers = std::move(out.headers);
  headers.clear();
  out = RequestHead{};
  out.headers = std::move(headers);
  auto rest = head.substr(leading_empty_line(head));
  auto request_line = TRY(take_line(rest));
  TRY(parse_request_line(request_line, limits, out));
  out.keep_alive = out.minor_version == 1;
  Seen seen;
  while (true) {
    auto line = TRY(take_line(rest));
    if (line.empty()) break;
    if (out.headers.size() >= limits.max_headers)
      return fail(http_reasons::head_too_large, "too many headers");
    out.headers.push_back(TRY(parse_field(line)));
    TRY(read_known_header(out.headers.back(), out, seen));
  }
  if (!rest.empty()) return malformed("bytes after the head");
  if (seen.close) out.keep_alive = false;
  if (out.chunked && out.content_length) return malformed("Content-Length with Transfer-Encoding");
  if (!seen.host && out.minor_version == 1) return malformed("no Host");
  return {};
}

std::string_view find_header(const std::vector<HeaderField>& headers, std::string_view name) {
  for (const auto& field : headers) {
    if (ascii::same(field.name, name)) return field.value;
  }
  return {};
}

}  // namespace parvis::proto
