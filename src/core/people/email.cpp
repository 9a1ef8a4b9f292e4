#include "core/people/email.h"

#include "base/utf8.h"

namespace parvis {
namespace {

constexpr size_t max_email_bytes = 254;
constexpr size_t max_local_bytes = 64;
constexpr size_t max_label_bytes = 63;
constexpr size_t max_handle_bytes = 200;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool valid_domain(std::string_view domain) {
  size_t labels = 0;
  while (true) {
    size_t dot = domain.find('.');
    std::string_view label = domain.substr(0, dot);
    if (label.empty() || label.size() > max_label_bytes || label.front() == '-' || label.back() == '-')
      return false;
    for (char c : label) {
      if (!is_letter_or_digit(c) && c != '-') return false;
    }
    ++labels;
    if (dot == std::string_view::npos) return labels >= 2;
    domain.remove_prefix(dot + 1);
  }
}

bool valid_local(std::string_view local) {
  if (local.empty() || local.size() > max_local_bytes || local.front() == '.' || local.back() == '.')
    return false;
  if (local.find("..") != std::string_view::npos) return false;
  for (char c : local) {
    if (!is_letter_or_digit(c) && std::string_view(".!#$%&*+-/=?^_{|}~'").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> normalise_email(std::string_view text) {
  std::string email = lower_ascii(utf8::trim(text));
  if (email.size() > max_email_bytes) return std::nullopt;
  size_t at = email.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  if (!valid_local(std::string_view(email).substr(0, at))) return std::nullopt;
  if (!valid_domain(std::string_view(email).substr(at + 1))) return std::nullopt;
  return email;
}

std::string_view email_domain(std::string_view email) {
  size_t at = email.rfind('@');
  return at == std::string_view::npos ? std::string_view() : email.substr(at + 1);
}

std::optional<std::string> normalise_domain(std::string_view text) {
  std::string domain = lower_ascii(utf8::trim(text));
  if (domain.size() > max_email_bytes - 2 || !valid_domain(domain)) return std::nullopt;
  return domain;
}

bool domain_covers(std::string_view covering, std::string_view domain) {
  if (domain == covering) return true;
  return domain.size() > covering.size() && domain.ends_with(covering) &&
         domain[domain.size() - covering.size() - 1] == '.';
}

std::string handle_of_email(std::string_view email, int attempt) {
  std::string handle;
  for (char c : email.substr(0, max_handle_bytes)) {
    if (c == '@') {
      handle += '-';
    } else if (is_letter_or_digit(c) || c == '.' || c == '_' || c == '-') {
      handle += c;
    } else {
      handle += '_';
    }
  }
  if (attempt > 1) handle += "-" + std::to_string(attempt);
  return handle;
}

}  // namespace parvis
