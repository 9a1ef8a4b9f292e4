#pragma once
#include "module/documents/service.h"

namespace parvis {

/// /api/v1/spaces/{space}/documents and /api/v1/documents/…
void add_document_routes(Context& context, DocumentsService& service);

}  // namespace parvis
