#pragma once
// Encoded updates without a document: merge, diff, convert, look into. Pure functions over bytes. All inputs
// may come from strangers: malformed ones give reasons::malformed, and memory stays a small multiple of the
// input.
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "engine/crdt/state_vector.h"

namespace parvis::crdt {

/// One update with the content of all, whatever their order; holes stay holes. A single input comes back as
/// it is.
Result<Bytes> merge_updates(std::span<const ByteView> updates, Format format);
/// What `update` has beyond `state`, with its whole delete set.
Result<Bytes> diff_update(ByteView update, const StateVector& state, Format format);
Result<Bytes> convert_update(ByteView update, Format from, Format to);
/// Per client the end of the run without holes from clock 0.
Result<StateVector> state_vector_of_update(ByteView update, Format format);

/// The clocks an update covers: for a relay that checks who writes what without integrating.
struct UpdateSummary {
  struct Client {
    uint64_t client;
    uint64_t first_clock;
    uint64_t end_clock;  // exclusive
  };
  std::vector<Client> clients;  // in the order of the update
  DeleteSet deleted;
  bool empty() const { return clients.empty() && deleted.empty(); }
};
Result<UpdateSummary> summarize_update(ByteView update, Format format);

}  // namespace parvis::crdt
