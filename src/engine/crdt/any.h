#pragma once
// The dynamic values a document holds (lib0 "any": JavaScript values), with their binary form and their JSON
// text as a JavaScript peer would print it. A value type; no threading rules.
//   Text is UTF-8. Objects keep the order JavaScript gives them: integer-like keys first, ascending, then
//   insertion.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/crdt/errors.h"

namespace parvis::crdt {

/// Deeper nesting is refused when read.
inline constexpr int max_any_depth = 256;

struct Any;
struct Undefined {
  bool operator==(const Undefined&) const = default;
};
struct Null {
  bool operator==(const Null&) const = default;
};
struct BigInt {
  int64_t value = 0;
  bool operator==(const BigInt&) const = default;
};
using AnyArray = std::vector<Any>;
using AnyObject = std::vector<std::pair<std::string, Any>>;

struct Any {
  std::variant<Undefined, Null, bool, double, BigInt, std::string, Bytes, AnyArray, AnyObject> value;

  Any() = default;
  Any(Null null) : value(null) {}
  Any(bool flag) : value(flag) {}
  Any(double number) : value(number) {}
  Any(int number) : value(static_cast<double>(number)) {}
  Any(BigInt number) : value(number) {}
  Any(std::string text) : value(std::move(text)) {}
  Any(std::string_view text) : value(std::string(text)) {}
  Any(const char* text) : value(std::string(text)) {}
  Any(Bytes bytes) : value(std::move(bytes)) {}
  Any(AnyArray array) : value(std::move(array)) {}
  Any(AnyObject object) : value(std::move(object)) {}

  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
  bool is_null() const { return std::holds_alternative<Null>(value); }
  bool is_undefined() const { return std::holds_alternative<Undefined>(value); }
  /// The member of an object; nullptr when absent or not an object.
  const Any* find(std::string_view key) const;
  /// Sets a member, keeping JavaScript's key order. Only for objects.
  void set(std::string key, Any member);

  bool operator==(const Any& other) const;
};

/// One value from the start of `bytes`; all of `bytes` must be used. reasons::malformed.
Result<Any> decode_any(ByteView bytes);
void encode_any(const Any& value, Bytes& out);

/// JSON.parse; reasons::malformed.
Result<Any> parse_json(std::string_view text);
/// JSON.stringify: no spaces, JavaScript number printing, undefined members left out, non-finite numbers
/// null. Values JSON has no word for: bigint prints as a number, bytes as an object of indices, a lone
/// undefined as null.
std::string to_json(const Any& value);
void append_json(const Any& value, std::string& out);
/// Number printing of JavaScript (String(n)).
std::string number_to_string(double number);

// Internal to the engine.
class Reader;
Any read_any(Reader& reader, int depth = 0);
/// Puts members read in file order into the order JavaScript keeps them; a repeated key takes its last value.
AnyObject order_members(AnyObject members);
/// Passes over one value, checking it as read_any would.
void skip_any(Reader& reader, int depth = 0);
/// True when `text` is one well-formed JSON value with nothing after it.
bool valid_json(std::string_view text);

}  // namespace parvis::crdt
