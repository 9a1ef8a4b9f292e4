#pragma once
// Between the public Node and the store. Internal.
#include "engine/crdt/read.h"
#include "engine/crdt/store.h"

namespace parvis::crdt {

/// none when the node is gone.
uint32_t type_of(const Store& store, Node node);
Node node_of(const Store& store, uint32_t type);
/// An element of a legacy JSON content.
Any parse_legacy(std::string_view text);
/// The value of an embed or a format mark.
Any value_of(const WireStruct& item);

}  // namespace parvis::crdt
