#pragma once
#include <memory>

#include "module/documents/api.h"

namespace parvis {

struct DocumentsModule : Module {
  virtual Documents& documents() = 0;
};
std::unique_ptr<DocumentsModule> make_documents_module(Context& context);

}  // namespace parvis
