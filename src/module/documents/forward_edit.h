#pragma once
// The edits that turn one document into another, as an update that merges with what others write meanwhile:
// what both have in common stays as it is, so that cursors, comments and concurrent edits keep their place.
#include "base/bytes.h"
#include "base/result.h"

namespace parvis {

/// Structs that all edits together may pass over, at most some seconds: a page's thousand structs allow a
/// million edits, the largest documents some thousand.
inline constexpr uint64_t max_restore_work = 1'000'000'000;

/// What makes the fragment "default" of `current` (a state, format v2) equal to that of `target` (a state,
/// format v1): text, formatting, attributes, structure. In the name of `client`, which nobody writes with and
/// nobody could guess (it seeds the hash tables too).
/// The update is format v1, and empty when they are equal. document_reasons::version_unrestorable when the
/// target holds what cannot be made again (documents inside documents) or is too far from it
/// (max_restore_work, max_content_parts); reasons::corrupt when a state does not load. Pure: any thread.
Result<Bytes> forward_edit(ByteView current, ByteView target, uint64_t client);

}  // namespace parvis
