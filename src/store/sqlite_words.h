#pragma once
// search_words as the FTS5 tokenizer "parvis_words". A word is indexed by its stem and, beside it, as it is
// written, so that the beginning of a word finds it too.
#include <sqlite3.h>

#include "base/result.h"

namespace parvis::store {

Result<void> register_words(sqlite3* connection);

}  // namespace parvis::store
