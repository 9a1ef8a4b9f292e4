#pragma once
// What a new document starts with: "note", "minutes" or "letter", in the language of who makes it. Pure.
#include "core/i18n.h"
#include "module/documents/rich_text.h"

namespace parvis {

bool is_document_template(std::string_view name);  // "" is one: an empty document
/// Without children for "".
RichNode document_template(std::string_view name, Language language);

}  // namespace parvis
