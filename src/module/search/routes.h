#pragma once
#include "core/context.h"

namespace parvis {

class Conversations;

/// GET /api/v1/search?q=&kind= (schema.ts: SearchResult).
void add_search_routes(Context& context, Conversations& conversations);

}  // namespace parvis
