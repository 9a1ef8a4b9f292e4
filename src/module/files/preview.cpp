#include "module/files/preview.h"

#include <charconv>

#include "module/files/files_service.h"
#include "module/files/reasons.h"

namespace parvis {

bool has_preview(const FileRecord&) { return false; }

int preview_pixels(std::string_view asked) {
  int pixels = 0;
  std::from_chars(asked.data(), asked.data() + asked.size(), pixels);
  return pixels > 800 ? 1'600 : pixels > 320 ? 800 : 320;
}

Task<Result<http::Response>> FilesService::preview(const FileRecord&, http::Request&, int) {
  co_return fail(file_reasons::no_preview);
}

}  // namespace parvis
