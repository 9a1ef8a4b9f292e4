#pragma once
#include "module/files/files_service.h"

namespace parvis {
void add_file_routes(Context& context, FilesService& files);
}  // namespace parvis
