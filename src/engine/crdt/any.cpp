#include "engine/crdt/any.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/crdt/text_units.h"
#include "engine/crdt/wire.h"

namespace parvis::crdt {
namespace {

enum Tag : uint8_t {
  tag_bytes = 116,
  tag_array = 117,
  tag_object = 118,
  tag_string = 119,
  tag_true = 120,
  tag_false = 121,
  tag_bigint = 122,
  tag_float64 = 123,
  tag_float32 = 124,
  tag_integer = 125,
  tag_null = 126,
  tag_undefined = 127,
};

constexpr double largest_varint_number = 2147483647.0;

/// The number an object key stands for when JavaScript treats it as an array index; -1 otherwise.
int64_t array_index(std::string_view key) {
  if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1)) return -1;
  int64_t value = 0;
  for (char c : key) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value < 4294967295 ? value : -1;
}

std::string_view read_text(Reader& reader) {
  std::string_view text = reader.varstring();
  uint64_t units;
  if (!measure_utf8(text, units)) reader.fail();
  return text;
}

void write_number(double number, Writer& writer) {
  if (std::trunc(number) == number && std::abs(number) <= largest_varint_number) {
    writer.byte(tag_integer);
    writer.varint({static_cast<uint64_t>(std::abs(number)), std::signbit(number)});
  } else if (static_cast<double>(static_cast<float>(number)) == number) {
    writer.byte(tag_float32);
    writer.big_endian32(std::bit_cast<uint32_t>(static_cast<float>(number)));
  } else {
    writer.byte(tag_float64);
    writer.big_endian64(std::bit_cast<uint64_t>(number));
  }
}

void write_text(std::string_view text, Writer& writer) {
  writer.varuint(text.size());
  size_t start = writer.out().size();
  writer.bytes(as_bytes(text));
  replace_surrogates(writer.out().data() + start, text.size());
}

struct Encode {
  Writer& writer;
  void operator()(Undefined) const { writer.byte(tag_undefined); }
  void operator()(Null) const { writer.byte(tag_null); }
  void operator()(bool flag) const { writer.byte(flag ? tag_true : tag_false); }
  void operator()(double number) const { write_number(number, writer); }
  void operator()(BigInt number) const {
    writer.byte(tag_bigint);
    writer.big_endian64(static_cast<uint64_t>(number.value));
  }
  void operator()(const std::string& text) const {
    writer.byte(tag_string);
    write_text(text, writer);
  }
  void operator()(const Bytes& bytes) const {
    writer.byte(tag_bytes);
    writer.varbytes(bytes);
  }
  void operator()(const AnyArray& array) const {
    writer.byte(tag_array);
    writer.varuint(array.size());
    for (const Any& element : array) std::visit(*this, element.value);
  }
  void operator()(const AnyObject& object) const {
    writer.byte(tag_object);
    writer.varuint(object.size());
    for (const auto& [key, member] : object) {
      write_text(key, writer);
      std::visit(*this, member.value);
    }
  }
};

}  // namespace

const Any* Any::find(std::string_view key) const {
  auto* object = as<AnyObject>();
  if (!object) return nullptr;
  auto found = std::ranges::find(*object, key, &std::pair<std::string, Any>::first);
  return found == object->end() ? nullptr : &found->second;
}

void Any::set(std::string key, Any member) {
  auto& object = std::get<AnyObject>(value);
  if (auto* present = const_cast<Any*>(find(key))) {
    *present = std::move(member);
    return;
  }
  int64_t index = array_index(key);
  auto place = object.end();
  if (index >= 0)
    place = std::ranges::find_if(object, [&](const auto& entry) {
      int64_t other = array_index(entry.first);
      return other < 0 || other > index;
    });
  object.emplace(place, std::move(key), std::move(member));
}

bool Any::operator==(const Any& other) const { return value == other.value; }

Any read_any(Reader& reader, int depth) {
  if (depth > max_any_depth) reader.fail();
  switch (reader.byte()) {
    case tag_undefined:
      return {};
    case tag_null:
      return Null{};
    case tag_true:
      return true;
    case tag_false:
      return false;
    case tag_integer: {
      SignedInt number = reader.varint();
      auto magnitude = static_cast<double>(number.magnitude);
      return number.negative ? -magnitude : magnitude;
    }
    case tag_float32:
      return static_cast<double>(std::bit_cast<float>(reader.big_endian32()));
    case tag_float64:
      return std::bit_cast<double>(reader.big_endian64());
    case tag_bigint:
      return BigInt{static_cast<int64_t>(reader.big_endian64())};
    case tag_string:
      return read_text(reader);
    case tag_bytes: {
      ByteView bytes = reader.varbytes();
      return Bytes(bytes.begin(), bytes.end());
    }
    case tag_array: {
      AnyArray array;
      for (uint64_t count = reader.varuint(); count > 0 && !reader.failed(); --count)
        array.push_back(read_any(reader, depth + 1));
      return array;
    }
    case tag_object: {
      AnyObject members;
      for (uint64_t count = reader.varuint(); count > 0 && !reader.failed(); --count) {
        std::string key(read_text(reader));
        members.emplace_back(std::move(key), read_any(reader, depth + 1));
      }
      return order_members(std::move(members));
    }
    default:
      reader.fail();
      return {};
  }
}

AnyObject order_members(AnyObject members) {
  std::vector<size_t> order(members.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  auto index_of = [&](size_t i) { return array_index(members[i].first); };
  if (std::ranges::any_of(order, [&](size_t i) { return index_of(i) >= 0; })) {
    std::ranges::sort(order, [&](size_t a, size_t b) {
      int64_t left = index_of(a), right = index_of(b);
      if (left >= 0 && right >= 0 && left != right) return left < right;
      if ((left >= 0) != (right >= 0)) return left >= 0;
      return a < b;
    });
    AnyObject sorted;
    for (size_t i : order) sorted.push_back(std::move(members[i]));
    members = std::move(sorted);
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  }
  // A repeated key keeps its first place and takes its last value.
  std::ranges::sort(order, [&](size_t a, size_t b) {
    int compared = members[a].first.compare(members[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<bool> repeated(members.size());
  for (size_t i = 1, first = 0; i < order.size(); ++i) {
    if (members[order[i]].first != members[order[first]].first) {
      first = i;
      continue;
    }
    members[order[first]].second = members[order[i]].second;
    repeated[order[i]] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < members.size(); ++i)
    if (!repeated[i]) {
      if (kept != i) members[kept] = std::move(members[i]);
      ++kept;
    }
  members.resize(kept);
  return members;
}

void skip_any(Reader& reader, int depth) {
  if (depth > max_any_depth) reader.fail();
  switch (reader.byte()) {
    case tag_undefined:
    case tag_null:
    case tag_true:
    case tag_false:
      return;
    case tag_integer:
      reader.varint();
      return;
    case tag_float32:
      reader.bytes(4);
      return;
    case tag_float64:
    case tag_bigint:
      reader.bytes(8);
      return;
    case tag_string:
      read_text(reader);
      return;
    case tag_bytes:
      reader.varbytes();
      return;
    case tag_array:
      for (uint64_t count = reader.varuint(); count > 0 && !reader.failed(); --count)
        skip_any(reader, depth + 1);
      return;
    case tag_object:
      for (uint64_t count = reader.varuint(); count > 0 && !reader.failed(); --count) {
        read_text(reader);
        skip_any(reader, depth + 1);
      }
      return;
    default:
      reader.fail();
  }
}

Result<Any> decode_any(ByteView bytes) {
  Reader reader(bytes);
  Any value = read_any(reader);
  if (reader.failed() || !reader.at_end()) return fail(reasons::malformed, "any");
  return value;
}

void encode_any(const Any& value, Bytes& out) {
  Writer writer(out);
  std::visit(Encode{writer}, value.value);
}

}  // namespace parvis::crdt
