#pragma once
// From store to bytes. Internal.
#include "engine/crdt/state_vector.h"
#include "engine/crdt/store.h"

namespace parvis::crdt {

/// The structs beyond `known`, clients descending; the delete set is the caller's to add.
template <class Encoder>
void encode_store(const Store& store, Encoder& encoder, const StateVector& known);
extern template void encode_store(const Store&, EncoderV1&, const StateVector&);
extern template void encode_store(const Store&, EncoderV2&, const StateVector&);

/// All that is deleted.
DeleteSet store_delete_set(const Store& store);

}  // namespace parvis::crdt
