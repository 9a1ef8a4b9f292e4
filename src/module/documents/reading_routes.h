#pragma once
// Reading without the editor: the text of a document as HTML, inside the app or as a page of its own.
#include "module/documents/reading_page.h"
#include "module/documents/service.h"
#include "module/documents/versions.h"

namespace parvis {

/// GET /api/v1/documents/{document}/html, GET /documents/{document}/lecture; ?version= shows a kept one.
void add_reading_routes(Context& context, DocumentsService& service, Relay& relay, Versions& versions);

/// The page of a document in the language of the request, with everything but its content.
Task<Result<ReadingPage>> page_of(Context& context, DocumentsService& service, Actor actor, Language language,
                                  DocumentRecord document);

/// Documents that mention this one and that the actor may read.
Task<Result<std::vector<ReadingPage::Link>>> backlinks_of(Context& context, Actor actor, DocumentId document);

}  // namespace parvis
