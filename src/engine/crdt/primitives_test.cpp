#include <doctest/doctest.h>

#include <cmath>

#include "engine/crdt/columns.h"
#include "engine/crdt/text_units.h"
#include "engine/crdt/vectors_test_support.h"

namespace parvis::crdt {
namespace {

template <class Column>
Bytes column_bytes(const Any& sequence, uint64_t mask = ~uint64_t{0}) {
  Column column;
  for (auto& value : *sequence.as<AnyArray>()) {
    auto number = static_cast<uint64_t>(*value.as<double>()) & mask;
    if constexpr (std::is_same_v<Column, RleWriter>)
      column.write(static_cast<uint8_t>(number));
    else
      column.write(number);
  }
  ByteView view = column.finish();
  return {view.begin(), view.end()};
}

template <class Column>
void check_reads(const Any& sequence, const Bytes& bytes) {
  Column column{ByteView(bytes)};
  for (auto& value : *sequence.as<AnyArray>())
    CHECK(column.read() == static_cast<uint64_t>(*value.as<double>()));
  CHECK(!column.failed());
}

}  // namespace

TEST_CASE("numbers, values, strings and columns have lib0's bytes") {
  auto file = parse_json(test::file_text("primitives"));
  const Any& primitives = file->as<AnyArray>()->front();
  for (auto& entry : *primitives.find("varuint")->as<AnyArray>()) {
    Bytes expected = test::base64(*entry.find("b")), out;
    auto number = static_cast<uint64_t>(*entry.find("n")->as<double>());
    Writer(out).varuint(number);
    CHECK(out == expected);
    CHECK(Reader(expected).varuint() == number);
  }
  for (auto& entry : *primitives.find("varint")->as<AnyArray>()) {
    Bytes expected = test::base64(*entry.find("b")), out;
    auto* number = entry.find("n")->as<double>();
    SignedInt value =
        number ? SignedInt{static_cast<uint64_t>(std::abs(*number)), *number < 0} : SignedInt{0, true};
    Writer(out).varint(value);
    CHECK(out == expected);
    SignedInt read = Reader(expected).varint();
    CHECK(read.magnitude == value.magnitude);
    CHECK(read.negative == value.negative);
  }
  for (auto& entry : *primitives.find("any")->as<AnyArray>()) {
    Bytes expected = test::base64(*entry.find("b")), out;
    auto value = decode_any(expected);
    REQUIRE(value);
    CHECK(to_json(test::tagged_value(*value)) == to_json(*entry.find("v")));
    encode_any(*value, out);
    CHECK(out == expected);
  }
  for (auto& entry : *primitives.find("rle")->as<AnyArray>()) {
    CHECK(column_bytes<RleWriter>(*entry.find("s"), 255) == test::base64(*entry.find("b")));
    check_reads<RleReader>(*entry.find("s"), test::base64(*entry.find("b")));
  }
  for (auto& entry : *primitives.find("uintOptRle")->as<AnyArray>()) {
    CHECK(column_bytes<UintRunWriter>(*entry.find("s")) == test::base64(*entry.find("b")));
    check_reads<UintRunReader>(*entry.find("s"), test::base64(*entry.find("b")));
  }
  for (auto& entry : *primitives.find("intDiffOptRle")->as<AnyArray>()) {
    CHECK(column_bytes<DifferenceWriter>(*entry.find("s")) == test::base64(*entry.find("b")));
    check_reads<DifferenceReader>(*entry.find("s"), test::base64(*entry.find("b")));
  }
  for (auto& entry : *primitives.find("stringCol")->as<AnyArray>()) {
    Bytes expected = test::base64(*entry.find("b")), out;
    StringWriter writer;
    StringReader reader{ByteView(expected)};
    for (auto& text : *entry.find("s")->as<AnyArray>()) {
      auto& wanted = *text.as<std::string>();
      writer.write(wanted, units_of(wanted));
      uint64_t units;
      bool ascii;
      CHECK(reader.read(units, ascii) == wanted);
    }
    writer.finish(out);
    CHECK(out == expected);
  }
}

TEST_CASE("JSON is read and printed as JavaScript does") {
  auto again = [](std::string_view text) {
    auto value = parse_json(text);
    return value ? to_json(*value) : std::string("refused");
  };
  CHECK(again("[1e21,0.1,1e-7,100000000000000000000,-0,5e-324,123456789.125]") ==
        "[1e+21,0.1,1e-7,100000000000000000000,0,5e-324,123456789.125]");
  CHECK(again(R"({"b":1,"10":2,"2":3,"b":4})") == R"({"2":3,"10":2,"b":4})");
  CHECK(again(R"("\ud83d\ude42 \ud83d x \u0007")") == "\"🙂 \\ud83d x \\u0007\"");
  for (auto bad : {"", "{", "[1,]", "{\"a\"}", "01", "nul", "\"\x01\"", "1 2", "+1", ".5", "\"\\x\""})
    CHECK(again(bad) == "refused");
  CHECK(again(std::string(100'000, '[')) == "refused");
}

TEST_CASE("half a surrogate pair survives a v2 string column and becomes U+FFFD in v1") {
  Bytes column;
  StringWriter writer;
  writer.write("a" + high_surrogate("🙂"), 2);
  writer.write(low_surrogate("🙂") + "b", 2);
  writer.finish(column);
  StringReader reader{ByteView(column)};
  uint64_t units;
  bool ascii;
  std::string first(reader.read(units, ascii)), second(reader.read(units, ascii));
  CHECK(ends_with_high_surrogate(first));
  CHECK(starts_with_low_surrogate(second));
  append_units(first, second);
  CHECK(first == "a🙂b");
}

}  // namespace parvis::crdt
