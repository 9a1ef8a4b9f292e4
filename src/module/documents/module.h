#pragma once
#include <memory>

#include "module/documents/api.h"

namespace parvis {

class Files;

struct DocumentsModule : Module {
  virtual Documents& documents() = 0;
  /// Where the pictures of documents are; without it exports leave them out.
  virtual void use_files(Files& files) = 0;
};
std::unique_ptr<DocumentsModule> make_documents_module(Context& context);

}  // namespace parvis
