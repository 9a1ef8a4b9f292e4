#pragma once
// Positions that stay with the text around them (cursors, comment anchors), as Yjs writes them.
#include <optional>
#include <string>

#include "engine/crdt/read.h"

namespace parvis::crdt {

struct RelativePosition {
  std::optional<Id> item;           // the unit it sticks to
  std::optional<std::string> root;  // without item: the end (assoc >= 0) or start of that root
  std::optional<Id> type;           // without item: the same of a nested type
  int64_t assoc = 0;                // >= 0: to the unit on its right, < 0: on its left
  bool operator==(const RelativePosition&) const = default;

  static Result<RelativePosition> decode(ByteView bytes);
  Bytes encode() const;
  /// {"type", "tname", "item", "assoc"}: the form in awareness states.
  static Result<RelativePosition> from_json(const Any& value);
  Any to_json() const;
};

struct AbsolutePosition {
  Node node;
  uint64_t index;
};

/// `index` 0..length. reasons::out_of_range, reasons::no_such_type.
Result<RelativePosition> relative_position(const Doc& doc, Node node, uint64_t index, int64_t assoc = 0);
/// nullopt when the document does not know the unit yet, or dropped what it was in.
std::optional<AbsolutePosition> resolve(const Doc& doc, const RelativePosition& position);

}  // namespace parvis::crdt
