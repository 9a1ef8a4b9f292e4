#pragma once
// Response heads (RFC 9112 section 4). Values are made safe: a handler's text can never add a header line.
#include <cstdint>
#include <string>
#include <string_view>

namespace parvis::proto {

/// "Not Found"; "" for a status without a registered phrase.
std::string_view reason_phrase(int status);
/// "HTTP/1.1 404 Not Found\r\n"
void append_status_line(std::string& out, int status);
/// "name: value\r\n"; control characters of either become '_' or a space.
void append_header(std::string& out, std::string_view name, std::string_view value);
void append_header(std::string& out, std::string_view name, uint64_t value);
/// 1xx, 204 and 304 never have a body (RFC 9112 section 6.3).
bool status_has_body(int status);

}  // namespace parvis::proto
