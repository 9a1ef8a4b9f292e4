#include "engine/matrix/canonical_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/utf8.h"
#include "engine/matrix/canonical_object.h"
#include "engine/matrix/errors.h"

namespace parvis::matrix {
namespace {

constexpr size_t max_value_depth = 100;
constexpr double max_integer_double = 9007199254740991.0;

bool plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\' && c < 0x80; }

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\f':
      out.append("\\f");
      return;
    case '\r':
      out.append("\\r");
      return;
    default:
      break;
  }
  constexpr char digits[] = "0123456789abcdef";
  if (c < 0x20) {
    out.append("\\u00");
    out.push_back(digits[c >> 4]);
    out.push_back(digits[c & 15]);
  } else {
    out.push_back(static_cast<char>(c));
  }
}

void append_code_point(std::string& out, uint32_t point) {
  auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return append_escaped(out, static_cast<unsigned char>(point));
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

Result<int64_t> integer_of(double number) {
  if (!(std::fabs(number) <= max_integer_double) || number != std::floor(number))
    return fail(errors::bad_json, "a number is not an integer within ±(2^53 − 1)");
  return static_cast<int64_t>(number);
}

void append_integer(std::string& out, int64_t number) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

Result<void> append_value(std::string& out, const json::Value& value, size_t depth);

Result<void> append_object(std::string& out, const json::Object& object, size_t depth) {
  std::vector<const json::Object::value_type*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](auto* a, auto* b) { return std::string_view(a->key()) < std::string_view(b->key()); });
  out.push_back('{');
  for (const auto* member : members) {
    if (member != members.front()) out.push_back(',');
    if (!utf8::valid(member->key())) return fail(errors::bad_json, "a key is not UTF-8");
    append_canonical_string(out, member->key());
    out.push_back(':');
    TRY(append_value(out, member->value(), depth + 1));
  }
  out.push_back('}');
  return {};
}

Result<void> append_value(std::string& out, const json::Value& value, size_t depth) {
  if (depth > max_value_depth) return fail(errors::bad_json, "nested too deeply");
  switch (value.kind()) {
    case boost::json::kind::null:
      out.append("null");
      return {};
    case boost::json::kind::bool_:
      out.append(value.get_bool() ? "true" : "false");
      return {};
    case boost::json::kind::int64:
      if (value.get_int64() > max_integer || value.get_int64() < -max_integer)
        return fail(errors::bad_json, "an integer is out of range");
      append_integer(out, value.get_int64());
      return {};
    case boost::json::kind::uint64:
      if (value.get_uint64() > static_cast<uint64_t>(max_integer))
        return fail(errors::bad_json, "an integer is out of range");
      append_integer(out, static_cast<int64_t>(value.get_uint64()));
      return {};
    case boost::json::kind::double_:
      append_integer(out, TRY(integer_of(value.get_double())));
      return {};
    case boost::json::kind::string:
      if (!utf8::valid(value.get_string())) return fail(errors::bad_json, "a string is not UTF-8");
      append_canonical_string(out, value.get_string());
      return {};
    case boost::json::kind::array: {
      out.push_back('[');
      bool first = true;
      for (const auto& element : value.get_array()) {
        if (!first) out.push_back(',');
        first = false;
        TRY(append_value(out, element, depth + 1));
      }
      out.push_back(']');
      return {};
    }
    case boost::json::kind::object:
      return append_object(out, value.get_object(), depth);
  }
  return fail(errors::bad_json, "unknown kind of value");
}

/// One pass over text: members are written as they come and re-ordered only when they were not sorted.
class Rewriter {
 public:
  Rewriter(std::string_view in, std::string& out, size_t max_depth)
      : in_(in), out_(out), max_depth_(max_depth) {}

  Result<void> run() {
    skip_space();
    TRY(value(1));
    skip_space();
    if (at_ != in_.size()) return bad_syntax("text after the value");
    return {};
  }

 private:
  struct Member {
    size_t begin, end;  // in out_, from the key's quote to the end of the value
    size_t key_size;    // without quotes, as written
    bool escaped;
  };

  std::unexpected<Error> bad_syntax(std::string_view what) const {
    return fail(errors::not_json, fmt::format("JSON, byte {}: {}", at_, what));
  }
  char peek() const { return at_ < in_.size() ? in_[at_] : '\0'; }
  void skip_space() {
    while (at_ < in_.size() && (in_[at_] == ' ' || in_[at_] == '\t' || in_[at_] == '\n' || in_[at_] == '\r'))
      ++at_;
  }
  Result<void> literal(std::string_view word) {
    if (in_.substr(at_, word.size()) != word) return bad_syntax("unknown literal");
    at_ += word.size();
    out_.append(word);
    return {};
  }

  Result<void> value(size_t depth) {
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"': {
        bool escaped;
        return string(escaped);
      }
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  Result<void> array(size_t depth) {
    if (depth > max_depth_) return fail(errors::bad_json, "nested too deeply");
    ++at_;
    out_.push_back('[');
    skip_space();
    if (peek() == ']') {
      ++at_;
      out_.push_back(']');
      return {};
    }
    while (true) {
      skip_space();
      TRY(value(depth + 1));
      skip_space();
      char c = peek();
      ++at_;
      out_.push_back(c);
      if (c == ']') return {};
      if (c != ',') return bad_syntax("',' or ']' expected");
    }
  }

  Result<void> object(size_t depth) {
    if (depth > max_depth_) return fail(errors::bad_json, "nested too deeply");
    size_t first_member = members_.size(), opened = out_.size();
    bool sorted = true;
    ++at_;
    out_.push_back('{');
    skip_space();
    if (peek() == '}') {
      ++at_;
      out_.push_back('}');
      return {};
    }
    while (true) {
      skip_space();
      if (peek() != '"') return bad_syntax("a key expected");
      Member member{.begin = out_.size()};
      TRY(string(member.escaped));
      member.key_size = out_.size() - member.begin - 2;
      skip_space();
      if (peek() != ':') return bad_syntax("':' expected");
      ++at_;
      out_.push_back(':');
      skip_space();
      TRY(value(depth + 1));
      member.end = out_.size();
      if (members_.size() > first_member && !less(members_.back(), member)) sorted = false;
      members_.push_back(member);
      skip_space();
      char c = peek();
      ++at_;
      if (c == '}') break;
      if (c != ',') return bad_syntax("',' or '}' expected");
      out_.push_back(',');
    }
    out_.push_back('}');
    if (!sorted) TRY(reorder(first_member, opened));
    members_.resize(first_member);
    return {};
  }

  std::string_view key_text(const Member& member) const {
    return std::string_view(out_).substr(member.begin + 1, member.key_size);
  }
  // Escapes sort by the character they stand for, not by their backslash.
  bool less(const Member& a, const Member& b) const {
    if (!a.escaped && !b.escaped) return key_text(a) < key_text(b);
    auto decoded = [this](const Member& member) {
      return *decode_string(std::string_view(out_).substr(member.begin, member.key_size + 2));
    };
    return decoded(a) < decoded(b);
  }

  Result<void> reorder(size_t first_member, size_t opened) {
    auto begin = members_.begin() + static_cast<ptrdiff_t>(first_member);
    std::sort(begin, members_.end(), [this](const Member& a, const Member& b) { return less(a, b); });
    std::string body;
    body.reserve(out_.size() - opened);
    for (auto member = begin; member != members_.end(); ++member) {
      if (member != begin) {
        if (!less(*(member - 1), *member))
          return fail(errors::bad_json, fmt::format("the key \"{}\" appears twice", key_text(*member)));
        body.push_back(',');
      }
      body.append(out_, member->begin, member->end - member->begin);
    }
    body.push_back('}');
    out_.replace(opened + 1, std::string::npos, body);
    return {};
  }

  Result<void> string(bool& escaped) {
    escaped = false;
    size_t start = at_++;
    while (true) {
      while (at_ < in_.size() && plain(static_cast<unsigned char>(in_[at_]))) ++at_;
      if (at_ >= in_.size()) return bad_syntax("unfinished string");
      auto c = static_cast<unsigned char>(in_[at_]);
      if (c == '"') {
        out_.append(in_, start, ++at_ - start);
        return {};
      }
      if (c == '\\') {
        out_.append(in_, start, at_ - start);
        TRY(escape(escaped));
        start = at_;
      } else if (c >= 0x80) {
        size_t length = utf8::sequence_length(in_.substr(at_));
        if (!length) return bad_syntax("ill-formed UTF-8");
        at_ += length;
      } else {
        return bad_syntax("control character in a string");
      }
    }
  }

  Result<uint32_t> hex4() {
    uint32_t point = 0;
    if (in_.size() - at_ < 4) return bad_syntax("unfinished \\u escape");
    auto [end, error] = std::from_chars(in_.data() + at_, in_.data() + at_ + 4, point, 16);
    if (error != std::errc{} || end != in_.data() + at_ + 4) return bad_syntax("malformed \\u escape");
    at_ += 4;
    return point;
  }

  Result<void> escape(bool& escaped) {
    ++at_;
    char c = peek();
    ++at_;
    size_t before = out_.size();
    switch (c) {
      case '"':
      case '\\':
      case '/':
        append_escaped(out_, static_cast<unsigned char>(c));
        break;
      case 'b':
        append_escaped(out_, '\b');
        break;
      case 'f':
        append_escaped(out_, '\f');
        break;
      case 'n':
        append_escaped(out_, '\n');
        break;
      case 'r':
        append_escaped(out_, '\r');
        break;
      case 't':
        append_escaped(out_, '\t');
        break;
      case 'u': {
        uint32_t point = TRY(hex4());
        if (point >= 0xD800 && point <= 0xDBFF && in_.substr(at_, 2) == "\\u") {
          at_ += 2;
          uint32_t low = TRY(hex4());
          if (low < 0xDC00 || low > 0xDFFF) return fail(errors::bad_json, "a lone surrogate");
          point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        } else if (point >= 0xD800 && point <= 0xDFFF) {
          return fail(errors::bad_json, "a lone surrogate");
        }
        append_code_point(out_, point);
        break;
      }
      default:
        return bad_syntax("unknown escape");
    }
    if (out_[before] == '\\') escaped = true;
    return {};
  }

  Result<void> number() {
    size_t start = at_;
    auto digit = [this] { return peek() >= '0' && peek() <= '9'; };
    auto digits = [&] {
      size_t before = at_;
      while (digit()) ++at_;
      return at_ > before;
    };
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else if (!digits()) {
      return bad_syntax("a value expected");
    }
    bool whole = true;
    if (peek() == '.') {
      whole = false;
      ++at_;
      if (!digits()) return bad_syntax("a digit expected");
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return bad_syntax("a digit expected");
    }
    auto text = in_.substr(start, at_ - start);
    int64_t integer = 0;
    if (whole) {
      auto result = std::from_chars(text.data(), text.data() + text.size(), integer);
      if (result.ec != std::errc{} || integer > max_integer || integer < -max_integer)
        return fail(errors::bad_json, "an integer is out of range");
    } else {
      double number = 0;
      auto result = std::from_chars(text.data(), text.data() + text.size(), number);
      if (result.ec != std::errc{}) return fail(errors::bad_json, "a number is out of range");
      integer = TRY(integer_of(number));
    }
    append_integer(out_, integer);
    return {};
  }

  std::string_view in_;
  std::string& out_;
  size_t max_depth_;
  size_t at_ = 0;
  std::vector<Member> members_;  // of the objects being read, innermost last
};

}  // namespace

void append_canonical_string(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, start, i - start);
    append_escaped(out, c);
    start = i + 1;
  }
  out.append(text, start);
  out.push_back('"');
}

Result<Canonical> Canonical::of(const json::Value& value) {
  std::string out;
  TRY(append_value(out, value, 1));
  return Canonical(std::move(out));
}

Result<Canonical> Canonical::parse(std::string_view text, json::Limits limits) {
  if (text.size() > limits.max_bytes) return fail(errors::event_too_large, "JSON text too long");
  std::string out;
  out.reserve(text.size());
  TRY(Rewriter(text, out, limits.max_depth).run());
  return Canonical(std::move(out));
}

Result<json::Value> parse_object(std::string_view body, json::Limits limits) {
  auto value = json::parse(body, limits);
  if (!value) {
    if (value.error().is(reasons::too_large)) return std::unexpected(std::move(value).error());
    return fail(errors::not_json, value.error().detail);
  }
  if (!value->is_object()) return fail(errors::bad_json, "a JSON object expected");
  return value;
}

}  // namespace parvis::matrix
