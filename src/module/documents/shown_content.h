#pragma once
// What a reader asked for: a document as it is now, or as a version keeps it.
#include "core/i18n.h"
#include "module/documents/rich_text.h"
#include "module/documents/versions.h"

namespace parvis {

struct ShownContent {
  RichText text;
  std::string stamp;  // which version, frozen or not, by whom, when, its hash; empty for the document now
};

/// `version`: an id, empty for the document now. The caller decided that the actor may read it.
Task<Result<ShownContent>> shown_content(Context& context, Relay& relay, Versions& versions, Actor actor,
                                         Language language, DocumentRecord document, std::string version);

}  // namespace parvis
