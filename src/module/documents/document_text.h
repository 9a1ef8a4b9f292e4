#pragma once
// The words of a document, for search.
#include <string>

#include "engine/crdt/doc.h"

namespace parvis {

inline constexpr size_t max_document_text_bytes = 256 << 10;
/// Text of the fragment "default", one line a block; cut at max_document_text_bytes.
std::string document_text(const crdt::Doc& doc);

}  // namespace parvis
