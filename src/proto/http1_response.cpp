#include "proto/http1_response.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "proto/ascii.h"

namespace parvis::proto {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};
constexpr std::array phrases = std::to_array<Phrase>({
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
});
static_assert(std::ranges::is_sorted(phrases, {}, &Phrase::status));

}  // namespace

std::string_view reason_phrase(int status) {
  auto found = std::ranges::lower_bound(phrases, status, {}, &Phrase::status);
  return found != phrases.end() && found->status == status ? found->text : std::string_view();
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  status = std::clamp(status, 100, 999);
  out.append("HTTP/1.1 ");
  out.push_back(static_cast<char>('0' + status / 100));
  out.push_back(static_cast<char>('0' + status / 10 % 10));
  out.push_back(static_cast<char>('0' + status % 10));
  out.push_back(' ');
  out.append(reason_phrase(status));
  out.append("\r\n");
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  size_t start = out.size();
  out.append(name);
  for (size_t i = start; i < out.size(); ++i) {
    if (!ascii::is(out[i], ascii::token)) out[i] = '_';
  }
  out.append(": ");
  start = out.size();
  out.append(value);
  for (size_t i = start; i < out.size(); ++i) {
    if (!ascii::is(out[i], ascii::field_value)) out[i] = ' ';
  }
  out.append("\r\n");
}

void append_header(std::string& out, std::string_view name, uint64_t value) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  append_header(out, name, std::string_view(digits, static_cast<size_t>(end - digits)));
}

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace parvis::proto
