#pragma once
// What almost every update of a living document is, done in place: one run of text typed after the last thing
// its client wrote, or one range of text deleted. Everything unusual is left to the general way. Internal.
#include "engine/crdt/transaction.h"

namespace parvis::crdt {

/// True when `update` (v1) was applied; false, with nothing changed, when it is not of these forms. Only for
/// a document with nothing pending. Deleting is only done when content is collected.
bool apply_fast(Store& store, Transaction& transaction, ByteView update, bool collect);

}  // namespace parvis::crdt
