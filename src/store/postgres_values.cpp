#include "store/postgres_values.h"

#include <bit>
#include <cmath>

namespace parvis::store {
namespace {

// pg_type.oid of the built-in types; fixed since PostgreSQL exists.
constexpr Oid bool_oid = 16, bytea_oid = 17, name_oid = 19, int8_oid = 20, int2_oid = 21, int4_oid = 23,
              text_oid = 25;
constexpr Oid float4_oid = 700, float8_oid = 701, unknown_oid = 705, varchar_oid = 1043, numeric_oid = 1700;

std::string big_endian(uint64_t number, size_t bytes) {
  std::string out(bytes, '\0');
  for (size_t i = bytes; i-- > 0; number >>= 8) out[i] = static_cast<char>(number & 0xff);
  return out;
}

int64_t read_integer(std::string_view bytes) {
  // The sign comes with the first byte.
  int64_t out = bytes.empty() ? 0 : static_cast<signed char>(bytes[0]);
  for (size_t i = 1; i < bytes.size(); ++i) out = out << 8 | static_cast<unsigned char>(bytes[i]);
  return out;
}

// numeric: counts and flags as 16-bit numbers, then digits in base 10,000. sum() and avg() give it.
void append_numeric(Rows& rows, std::string_view bytes) {
  auto number = [&](size_t at) { return read_integer(bytes.substr(at * 2, 2)); };
  int64_t digits = number(0), weight = number(1);
  bool negative = number(2) != 0, whole = number(3) == 0;
  double real = 0;
  int64_t integer = 0;
  for (int64_t i = 0; i < digits; ++i) {
    int64_t digit = number(static_cast<size_t>(4 + i));
    real += static_cast<double>(digit) * std::pow(10000.0, static_cast<double>(weight - i));
    if (whole && weight < 4) integer = integer * 10000 + digit;
  }
  for (int64_t i = digits; whole && weight < 4 && i <= weight; ++i) integer *= 10000;
  if (whole && weight < 4) {
    rows.append_integer(negative ? -integer : integer);
  } else {
    rows.append_real(negative ? -real : real);
  }
}

}  // namespace

void PostgresParameters::add_view(std::string_view bytes, bool binary) {
  values_.push_back(bytes.data() ? bytes.data() : "");
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(binary ? 1 : 0);
}

void PostgresParameters::add_own(std::string bytes, bool binary) {
  add_view(own_.emplace_back(std::move(bytes)), binary);
}

Result<void> PostgresParameters::add_integer(int64_t number, Oid type) {
  switch (type) {
    case int8_oid:
      add_own(big_endian(static_cast<uint64_t>(number), 8), true);
      return {};
    case bool_oid:
      add_own(big_endian(number != 0, 1), true);
      return {};
    case float8_oid:
      add_own(big_endian(std::bit_cast<uint64_t>(static_cast<double>(number)), 8), true);
      return {};
    case bytea_oid:
      return fail(reasons::internal, "an integer for a bytea");
    default:
      add_own(std::to_string(number), false);
      return {};
  }
}

Result<void> PostgresParameters::add(const Parameter& parameter, Oid type) {
  struct Add {
    PostgresParameters& to;
    Oid type;
    Result<void> operator()(std::monostate) const {
      to.values_.push_back(nullptr);
      to.lengths_.push_back(0);
      to.formats_.push_back(0);
      return {};
    }
    Result<void> operator()(int64_t number) const { return to.add_integer(number, type); }
    Result<void> operator()(double number) const {
      if (type != float8_oid) return fail(reasons::internal, "a real for something else");
      to.add_own(big_endian(std::bit_cast<uint64_t>(number), 8), true);
      return {};
    }
    Result<void> operator()(std::string_view text) const {
      bool textual = type == text_oid || type == varchar_oid || type == name_oid || type == unknown_oid;
      if (!textual) return fail(reasons::internal, "a text for something else");
      to.add_view(text, true);
      return {};
    }
    Result<void> operator()(ByteView bytes) const {
      if (type != bytea_oid) return fail(reasons::internal, "bytes for something else");
      to.add_view(as_text(bytes), true);
      return {};
    }
    Result<void> operator()(const RawId& id) const {
      if (type != text_oid) return fail(reasons::internal, "an id for something else");
      to.add_own(format_id(id), true);
      return {};
    }
  };
  return std::visit(Add{*this, type}, parameter.value);
}

Result<void> append_postgres_cell(Rows& rows, const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) {
    rows.append_null();
    return {};
  }
  std::string_view bytes(PQgetvalue(result, row, column),
                         static_cast<size_t>(PQgetlength(result, row, column)));
  switch (PQftype(result, column)) {
    case bool_oid:
    case int2_oid:
    case int4_oid:
    case int8_oid:
      rows.append_integer(read_integer(bytes));
      return {};
    case float4_oid:
      rows.append_real(std::bit_cast<float>(static_cast<uint32_t>(read_integer(bytes))));
      return {};
    case float8_oid:
      rows.append_real(std::bit_cast<double>(read_integer(bytes)));
      return {};
    case numeric_oid:
      append_numeric(rows, bytes);
      return {};
    case text_oid:
    case varchar_oid:
    case name_oid:
    case unknown_oid:
      rows.append_bytes(Rows::Type::text, as_bytes(bytes));
      return {};
    case bytea_oid:
      rows.append_bytes(Rows::Type::blob, as_bytes(bytes));
      return {};
    default:
      return fail(reasons::internal, "column of a type outside the portable subset");
  }
}

}  // namespace parvis::store
