#pragma once
#include "module/documents/service.h"

namespace parvis {

/// DocumentMeta of schema.ts.
Task<Result<http::Response>> document_meta(Context& context, DocumentsService& service, Actor actor,
                                           DocumentRecord document, int status);
/// /api/v1/spaces/{space}/documents and /api/v1/documents/…
void add_document_routes(Context& context, DocumentsService& service);

}  // namespace parvis
