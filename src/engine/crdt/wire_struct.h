#pragma once
// One struct of an update as it stands on the wire, independent of the format version; internal.
// All views point into the update (or the decoder) they came from.
#include <string_view>

#include "engine/crdt/columns.h"
#include "engine/crdt/wire.h"

namespace parvis::crdt {

enum class Format : uint8_t { v1 = 1, v2 = 2 };

struct Id {
  uint64_t client = 0;
  uint64_t clock = 0;
  bool operator==(const Id&) const = default;
};

/// Content kinds, with their numbers on the wire.
enum class Kind : uint8_t {
  gc = 0,
  deleted = 1,
  json = 2,
  binary = 3,
  string = 4,
  embed = 5,
  format = 6,
  type = 7,
  any = 8,
  document = 9,
  skip = 10,
};
inline constexpr bool countable(Kind kind) {
  return kind != Kind::gc && kind != Kind::deleted && kind != Kind::format && kind != Kind::skip;
}

/// How the value of an embed or a format mark is written: JSON text (v1) or "any" (v2).
enum class ValueForm : uint8_t { json, any };

struct WireStruct {
  enum class Parent : uint8_t { none, root, id };

  Kind kind = Kind::gc;
  bool has_origin = false;
  bool has_right_origin = false;
  Parent parent = Parent::none;
  bool has_key = false;  // a map key, known only beside a parent
  bool ascii = false;    // text: one byte per unit
  ValueForm form = ValueForm::json;
  uint8_t type_ref = 0;
  Id id;
  uint64_t length = 0;
  Id origin;
  Id right_origin;
  Id parent_id;
  std::string_view root;
  std::string_view key;
  std::string_view text;  // string content, in internal form
  std::string_view name;  // format key, element name, sub-document guid
  ByteView body;  // json: varstrings; any: values; binary, embed, format: the value; document: options
};

/// Names of types 3 (element) and 5 (hook) follow their number.
inline constexpr bool type_has_name(uint8_t type_ref) { return type_ref == 3 || type_ref == 5; }
inline constexpr uint8_t type_ref_count = 7;

class DecoderV1 {
 public:
  explicit DecoderV1(ByteView update) : rest_(update) {}
  Reader& rest() { return rest_; }
  bool failed() const { return rest_.failed(); }

  uint64_t client() { return rest_.varuint(); }
  Id left_id() { return id(); }
  Id right_id() { return id(); }
  uint8_t info() { return rest_.byte(); }
  bool parent_is_root() { return rest_.varuint() == 1; }
  uint64_t length() { return rest_.varuint(); }
  uint64_t type_ref() { return rest_.varuint(); }
  std::string_view text(uint64_t& units, bool& ascii);
  std::string_view key() { return checked_string(); }
  std::string_view string() { return checked_string(); }
  /// One element of a JSON content, appended to `out` as a varstring is what v2 needs; v1 has it in place.
  ByteView json_elements(uint64_t count);
  ByteView value(ValueForm& form);

 private:
  Id id() {
    uint64_t client = rest_.varuint();
    return {client, rest_.varuint()};
  }
  std::string_view checked_string();
  Reader rest_;
};

class DecoderV2 {
 public:
  explicit DecoderV2(ByteView update);
  Reader& rest() { return rest_; }
  bool failed() const {
    return rest_.failed() || key_clock_.failed() || client_.failed() || left_clock_.failed() ||
           right_clock_.failed() || info_.failed() || strings_.failed() || parent_info_.failed() ||
           type_ref_.failed() || length_.failed();
  }

  uint64_t client() { return client_.read(); }
  Id left_id() {
    uint64_t client = client_.read();
    return {client, left_clock_.read()};
  }
  Id right_id() {
    uint64_t client = client_.read();
    return {client, right_clock_.read()};
  }
  uint8_t info() { return info_.read(); }
  bool parent_is_root() { return parent_info_.read() == 1; }
  uint64_t length() { return length_.read(); }
  uint64_t type_ref() { return type_ref_.read(); }
  std::string_view text(uint64_t& units, bool& ascii) { return strings_.read(units, ascii); }
  std::string_view key();
  std::string_view string();
  ByteView json_elements(uint64_t count);
  ByteView value(ValueForm& form);

 private:
  Reader rest_;
  DifferenceReader key_clock_;
  UintRunReader client_;
  DifferenceReader left_clock_;
  DifferenceReader right_clock_;
  RleReader info_;
  StringReader strings_;
  RleReader parent_info_;
  UintRunReader type_ref_;
  UintRunReader length_;
  std::vector<std::string_view> keys_;
  std::deque<Bytes> built_;
};

class EncoderV1 {
 public:
  explicit EncoderV1(Bytes& out) : rest_(out) {}
  Writer& rest() { return rest_; }
  void client(uint64_t value) { rest_.varuint(value); }
  void left_id(Id id) { rest_.varuint(id.client), rest_.varuint(id.clock); }
  void right_id(Id id) { left_id(id); }
  void info(uint8_t value) { rest_.byte(value); }
  void parent_is_root(bool root) { rest_.varuint(root ? 1 : 0); }
  void length(uint64_t value) { rest_.varuint(value); }
  void type_ref(uint8_t value) { rest_.varuint(value); }
  void text(std::string_view text, uint64_t units, bool ascii);
  void key(std::string_view text) { rest_.varstring(text); }
  void string(std::string_view text) { rest_.varstring(text); }
  void json_elements(ByteView elements, uint64_t count);
  void value(ByteView value, ValueForm form);
  void finish() {}

 private:
  Writer rest_;
};

class EncoderV2 {
 public:
  explicit EncoderV2(Bytes& out) : out_(out), rest_(rest_bytes_) {}
  Writer& rest() { return rest_; }
  void client(uint64_t value) { client_.write(value); }
  void left_id(Id id) { client_.write(id.client), left_clock_.write(id.clock); }
  void right_id(Id id) { client_.write(id.client), right_clock_.write(id.clock); }
  void info(uint8_t value) { info_.write(value); }
  void parent_is_root(bool root) { parent_info_.write(root ? 1 : 0); }
  void length(uint64_t value) { length_.write(value); }
  void type_ref(uint8_t value) { type_ref_.write(value); }
  void text(std::string_view text, uint64_t units, bool) { strings_.write(text, units); }
  void key(std::string_view text) {
    key_clock_.write(keys_++);
    string(text);
  }
  void string(std::string_view text);
  void json_elements(ByteView elements, uint64_t count);
  void value(ByteView value, ValueForm form);
  /// Puts header, columns and rest together in the output.
  void finish();

 private:
  Bytes& out_;
  Bytes rest_bytes_;
  Writer rest_;
  uint64_t keys_ = 0;
  DifferenceWriter key_clock_;
  UintRunWriter client_;
  DifferenceWriter left_clock_;
  DifferenceWriter right_clock_;
  RleWriter info_;
  StringWriter strings_;
  RleWriter parent_info_;
  UintRunWriter type_ref_;
  UintRunWriter length_;
};

/// Reads the struct at `id`; false when it is malformed, empty, or refers to its own future.
template <class Decoder>
bool read_struct(Decoder& decoder, Id id, WireStruct& out);
extern template bool read_struct(DecoderV1&, Id, WireStruct&);
extern template bool read_struct(DecoderV2&, Id, WireStruct&);

template <class Encoder>
void write_struct(Encoder& encoder, const WireStruct& item);
extern template void write_struct(EncoderV1&, const WireStruct&);
extern template void write_struct(EncoderV2&, const WireStruct&);

/// Drops the first `count` (< length) units. Text cut inside a surrogate pair is rebuilt in `scratch`.
void drop_front(WireStruct& item, uint64_t count, std::string& scratch);
/// Bytes the first `count` elements take in a json or any body.
size_t body_prefix(Kind kind, ByteView body, uint64_t count);

}  // namespace parvis::crdt
