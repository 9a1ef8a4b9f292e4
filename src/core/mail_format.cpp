#include <fmt/format.h>

#include "base/utf8.h"
#include "core/civil_time.h"
#include "core/mailer.h"

namespace parvis {
namespace {

constexpr size_t max_line = 76;

bool is_plain(std::string_view text) {
  for (char c : text) {
    if (static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) >= 0x7f) return false;
  }
  return text.find("=?") == std::string_view::npos;
}

/// RFC 2047 encoded words, each whole characters.
std::string header_text(std::string_view raw) {
  std::string text;
  for (char c : raw) text += static_cast<uint8_t>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (is_plain(text)) return text;
  constexpr size_t bytes_per_word = 42;
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t end = std::min(bytes_per_word, rest.size());
    while (end > 0 && end < rest.size() && (static_cast<uint8_t>(rest[end]) & 0xc0) == 0x80) --end;
    if (end == 0) end = std::min(bytes_per_word, rest.size());
    out += (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") +
           to_base64(as_bytes(rest.substr(0, end)), Base64::standard_padded) + "?=";
    rest.remove_prefix(end);
  }
  return out;
}

/// RFC 2045 section 6.7.
std::string quoted_printable(std::string_view text) {
  std::string out;
  size_t column = 0;
  auto put = [&](std::string_view piece) {
    if (column + piece.size() > max_line - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r') continue;
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    bool line_ends = i + 1 == text.size() || text[i + 1] == '\n';
    bool plain = c >= 0x20 && c < 0x7f && c != '=' && !(c == ' ' && line_ends);
    // A dot that begins a line would need stuffing on the way; encoding it spares every relay the trouble.
    bool line_begins = column == 0 || column + 1 > max_line - 1;
    if (plain && !(c == '.' && line_begins)) {
      put({&c, 1});
    } else {
      put(fmt::format("={:02X}", static_cast<uint8_t>(c)));
    }
  }
  return out + "\r\n";
}

std::string format_date(Instant now) {
  constexpr std::string_view days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  int64_t seconds = now.ms / 1000;
  int64_t day = seconds / 86'400, second = seconds % 86'400;
  auto date = civil_from_days(day);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[day % 7], date.day,
                     months[date.month - 1], date.year, second / 3600, second / 60 % 60, second % 60);
}

}  // namespace

std::string format_mail(const Mail& mail, const MailerOptions& options, std::string_view id, Instant now) {
  std::string_view domain = std::string_view(options.from).substr(options.from.find('@') + 1);
  return fmt::format(
      "From: {} <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\n"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n"
      "Auto-Submitted: auto-generated\r\n\r\n{}",
      header_text(options.instance_name), options.from, mail.to, header_text(mail.subject), format_date(now),
      id, domain, quoted_printable(mail.text));
}

}  // namespace parvis
