#pragma once
// Reads the conformance vectors of tests/vectors/yjs. For tests only.
#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.h"
#include "base/json.h"
#include "engine/crdt/any.h"
#include "engine/crdt/read.h"

namespace parvis::crdt::test {

inline json::Array load_vectors(const std::string& name) {
  std::ifstream file(std::string(PARVIS_VECTORS) + name + ".json", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto value = json::parse(text, {.max_bytes = 16 << 20, .max_depth = 300});
  return value && value->is_array() ? value->as_array() : json::Array{};
}

inline Bytes base64(const json::Value& value) {
  Bytes out;
  from_base64(std::string_view(value.as_string()), Base64::standard_padded, out);
  return out;
}

/// The whole file as our own JSON values, which keep numbers and key order as JavaScript does.
inline std::string file_text(const std::string& name) {
  std::ifstream file(std::string(PARVIS_VECTORS) + name + ".json", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Bytes base64(const Any& value) {
  Bytes out;
  from_base64(*value.as<std::string>(), Base64::standard_padded, out);
  return out;
}

Any tagged(const Doc& doc, const Content& content);
Any tagged_value(const Any& value);
Any tagged_delta(const Doc& doc, const std::vector<DeltaOp>& ops);
/// The visible content of a root read as `kind` ("text", "map", "array", "frag"), as expect.tree has it.
Any tree(const Doc& doc, std::string_view root, std::string_view kind);
/// One line per unit and per deleted run, order independent: what expect.canon digests.
std::string canonical(ByteView update_v1);

}  // namespace parvis::crdt::test
