#pragma once
// What both update targets check: nothing crashes, a refused update changes nothing, and what was accepted
// ends in the same document by every road: applied at once, read back from its own encoding, converted,
// merged, in pieces.
#include <cstdlib>

#include "engine/crdt/doc.h"
#include "engine/crdt/edit.h"
#include "engine/crdt/read.h"
#include "engine/crdt/update.h"

namespace parvis::crdt::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

/// Reads everything the reading side can reach from the usual roots.
inline void read_all(const Doc& doc) {
  for (const char* name : {"t", "a", "m", "x", "document-store", ""}) {
    auto node = find_root(doc, name);
    if (!node) continue;
    read_text(doc, *node);
    read_delta(doc, *node);
    read_array(doc, *node);
    read_map(doc, *node);
    read_xml(doc, *node);
  }
}

inline Doc::Options small_limits() {
  Doc::Options options;
  options.limits = {
      .structs = 100'000, .memory_floor = 4u << 20, .pending_bytes = 4u << 20, .scan_steps = 1'000'000};
  return options;
}

/// Nothing comes back to life. A document read anew may delete more: an entry of a map that a later one
/// overwrote, or a child of a deleted parent, that no honest client writes. npm yjs does the same.
inline bool holds(DeleteSet whole, const DeleteSet& part) {
  DeleteSet both = whole;
  both.add(part);
  both.normalize();
  whole.normalize();
  return both == whole;
}

/// The input is up to three updates, each preceded by its length in two bytes; the last takes what is left.
inline void try_update(ByteView input, Format format) {
  Doc doc(small_limits()), direct(small_limits());
  bool all_taken = true;
  std::vector<Bytes> plain;
  for (int part = 0; part < 3 && !input.empty(); ++part) {
    ByteView update = input;
    if (part < 2 && input.size() > 2) {
      size_t size = std::min<size_t>(input[0] | input[1] << 8, input.size() - 2);
      update = input.subspan(2, size);
      input = input.subspan(2 + size);
    } else {
      input = {};
    }
    Bytes before = doc.encode_state(Format::v1);
    auto applied = doc.apply_update(update, format);
    if (!applied) {
      all_taken = false;
      if (!applied.error().is(reasons::deferred)) require(doc.encode_state(Format::v1) == before);
      continue;
    }
    auto converted = convert_update(update, format, Format::v1);
    if (!converted) continue;
    plain.push_back(*converted);
    diff_update(update, doc.state_vector(), format);
    require(state_vector_of_update(update, format).has_value());
    summarize_update(update, format);
  }
  read_all(doc);
  Bytes state = doc.encode_state(Format::v1), compact = doc.encode_state(Format::v2);
  Doc copy(small_limits()), other(small_limits());
  if (copy.apply_update(state, Format::v1) && !doc.has_pending()) {
    require(copy.state_vector() == doc.state_vector());
    require(holds(copy.delete_set(), doc.delete_set()));
  }
  if (other.apply_update(compact, Format::v2) && !doc.has_pending())
    require(other.state_vector() == doc.state_vector());
  std::vector<ByteView> views(plain.begin(), plain.end());
  if (views.size() > 1) {
    auto merged = merge_updates(views, Format::v1);
    require(merged.has_value());
    if (all_taken && direct.apply_update(*merged, Format::v1) && !doc.has_pending() && !direct.has_pending())
      require(direct.state_vector() == doc.state_vector());
  }
  Editor editor(doc, 424242);
  Node root = editor.root("t");
  uint64_t length = length_of(doc, root);
  if (editor.insert_text(root, length / 2, "é")) editor.delete_text(root, length / 3, 1);
  editor.commit(Format::v1);
}

}  // namespace parvis::crdt::fuzz
