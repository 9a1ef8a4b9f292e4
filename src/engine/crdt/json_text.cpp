// JSON text as JavaScript reads and prints it.
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "engine/crdt/any.h"
#include "engine/crdt/text_units.h"

namespace parvis::crdt {
namespace {

/// Recursive descent over JSON text. With `build` false it only checks.
template <bool build>
class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  bool parse(Any& out) {
    value(out, 0);
    space();
    return ok_ && at_ == text_.size();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void space() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) ++at_;
  }
  void word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) ok_ = false;
    at_ += expected.size();
  }

  void value(Any& out, int depth) {
    space();
    if (depth > max_any_depth) ok_ = false;
    if (!ok_) return;
    switch (peek()) {
      case '{':
        object(out, depth);
        return;
      case '[':
        array(out, depth);
        return;
      case '"': {
        std::string content;
        string(content);
        if constexpr (build) out = Any(std::move(content));
        return;
      }
      case 't':
        word("true"), out = true;
        return;
      case 'f':
        word("false"), out = false;
        return;
      case 'n':
        word("null"), out = Null{};
        return;
      default:
        number(out);
    }
  }

  void object(Any& out, int depth) {
    ++at_;
    AnyObject members;
    space();
    if (!take('}')) do {
        space();
        std::string key;
        if (peek() != '"') ok_ = false;
        if (ok_) string(key);
        space();
        if (!take(':')) ok_ = false;
        Any member;
        value(member, depth + 1);
        if constexpr (build) members.emplace_back(std::move(key), std::move(member));
        space();
        if (ok_ && take('}')) break;
        if (!take(',')) ok_ = false;
      } while (ok_);
    if constexpr (build) out = order_members(std::move(members));
  }

  void array(Any& out, int depth) {
    ++at_;
    AnyArray elements;
    space();
    if (!take(']')) do {
        Any element;
        value(element, depth + 1);
        if constexpr (build) elements.push_back(std::move(element));
        space();
        if (ok_ && take(']')) break;
        if (!take(',')) ok_ = false;
      } while (ok_);
    if constexpr (build) out = std::move(elements);
  }

  void string(std::string& out) {
    ++at_;
    while (ok_) {
      if (at_ >= text_.size()) break;
      auto c = static_cast<uint8_t>(text_[at_]);
      if (c == '"') {
        ++at_;
        return;
      }
      if (c == '\\') {
        escape(out);
        continue;
      }
      size_t length = c < 0x20 ? 0 : utf8::sequence_length(text_.substr(at_));
      if (length == 0) break;
      if constexpr (build) out.append(text_, at_, length);
      at_ += length;
    }
    ok_ = false;
  }

  void escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    char letter = peek();
    ++at_;
    if (auto index = letters.find(letter); index != std::string_view::npos) {
      if constexpr (build) out.push_back(meanings[index]);
      return;
    }
    uint32_t unit = 0;
    if (letter != 'u' || at_ + 4 > text_.size()) {
      ok_ = false;
      return;
    }
    auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, unit, 16);
    if (error != std::errc{} || end != text_.data() + at_ + 4) ok_ = false;
    at_ += 4;
    if constexpr (build) append_units(out, unit_text(unit));
  }

  static std::string unit_text(uint32_t unit) {
    std::string out;
    if (unit < 0x80) return out = static_cast<char>(unit);
    if (unit < 0x800) {
      out.push_back(static_cast<char>(0xC0 | (unit >> 6)));
    } else {
      out.push_back(static_cast<char>(0xE0 | (unit >> 12)));
      out.push_back(static_cast<char>(0x80 | ((unit >> 6) & 0x3f)));
    }
    out.push_back(static_cast<char>(0x80 | (unit & 0x3f)));
    return out;
  }

  void digits() {
    if (peek() < '0' || peek() > '9') ok_ = false;
    while (peek() >= '0' && peek() <= '9') ++at_;
  }

  void number(Any& out) {
    size_t start = at_;
    take('-');
    if (!take('0')) digits();
    if (take('.')) digits();
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (!take('-')) take('+');
      digits();
    }
    if (!ok_) return;
    if constexpr (build) {
      double parsed = 0;
      std::string_view text = text_.substr(start, at_ - start);
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
      if (error == std::errc::result_out_of_range) parsed = std::strtod(std::string(text).c_str(), nullptr);
      out = parsed;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  bool ok_ = true;
};

void append_string(std::string_view text, std::string& out) {
  static constexpr char hex[] = "0123456789abcdef";
  auto unicode_escape = [&](uint32_t unit) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(hex[(unit >> shift) & 15]);
  };
  out.push_back('"');
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<uint8_t>(text[i]);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(text[i]);
    } else if (c == 0xED && i + 2 < text.size() && static_cast<uint8_t>(text[i + 1]) >= 0xA0) {
      unicode_escape(0xD000u | (static_cast<uint8_t>(text[i + 1]) & 0x3fu) << 6 |
                     (static_cast<uint8_t>(text[i + 2]) & 0x3fu));
      i += 2;
    } else if (c >= 0x20) {
      out.push_back(text[i]);
    } else {
      static constexpr std::string_view named = "\b\f\n\r\t", letters = "bfnrt";
      auto index = named.find(text[i]);
      if (index == std::string_view::npos) {
        unicode_escape(c);
      } else {
        out.push_back('\\');
        out.push_back(letters[index]);
      }
    }
  }
  out.push_back('"');
}

struct Print {
  std::string& out;
  void operator()(Undefined) const { out.append("null"); }
  void operator()(Null) const { out.append("null"); }
  void operator()(bool flag) const { out.append(flag ? "true" : "false"); }
  void operator()(double number) const {
    out.append(std::isfinite(number) ? number_to_string(number) : "null");
  }
  void operator()(BigInt number) const { out.append(std::to_string(number.value)); }
  void operator()(const std::string& text) const { append_string(text, out); }
  void operator()(const Bytes& bytes) const {
    char separator = '{';
    for (size_t i = 0; i < bytes.size(); ++i) {
      out.push_back(separator);
      out.append('"' + std::to_string(i) + "\":" + std::to_string(bytes[i]));
      separator = ',';
    }
    out.append(bytes.empty() ? "{}" : "}");
  }
  void operator()(const AnyArray& array) const {
    out.push_back('[');
    for (size_t i = 0; i < array.size(); ++i) {
      if (i > 0) out.push_back(',');
      std::visit(*this, array[i].value);
    }
    out.push_back(']');
  }
  void operator()(const AnyObject& object) const {
    out.push_back('{');
    bool first = true;
    for (const auto& [key, member] : object) {
      if (member.is_undefined()) continue;
      if (!first) out.push_back(',');
      first = false;
      append_string(key, out);
      out.push_back(':');
      std::visit(*this, member.value);
    }
    out.push_back('}');
  }
};

}  // namespace

std::string number_to_string(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  char buffer[40];
  auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t mark = text.find('e');
  int exponent = 0;
  std::string_view power = text.substr(mark + 1);
  if (power.front() == '+') power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  std::string digits;
  for (char c : text.substr(0, mark))
    if (c != '.') digits.push_back(c);
  // ECMA-262 Number::toString: `point` digits stand before the decimal point.
  int point = exponent + 1, count = static_cast<int>(digits.size());
  std::string out = number < 0 ? "-" : "";
  if (count <= point && point <= 21)
    return out + digits + std::string(static_cast<size_t>(point - count), '0');
  if (0 < point && point <= 21) return out + digits.insert(static_cast<size_t>(point), ".");
  if (-6 < point && point <= 0) return out + "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  if (count > 1) digits.insert(1, ".");
  return out + digits + "e" + (exponent < 0 ? "-" : "+") + std::to_string(std::abs(exponent));
}

Result<Any> parse_json(std::string_view text) {
  Any value;
  if (!JsonParser<true>(text).parse(value)) return fail(reasons::malformed, "JSON value");
  return value;
}

bool valid_json(std::string_view text) {
  Any ignored;
  return JsonParser<false>(text).parse(ignored);
}

void append_json(const Any& value, std::string& out) { std::visit(Print{out}, value.value); }

std::string to_json(const Any& value) {
  std::string out;
  append_json(value, out);
  return out;
}

}  // namespace parvis::crdt
