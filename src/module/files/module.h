#pragma once
#include <memory>

#include "core/context.h"
#include "module/files/api.h"

namespace parvis {

struct FilesModule : Module {
  virtual Files& files() = 0;
};
std::unique_ptr<FilesModule> make_files_module(Context& context);

}  // namespace parvis
