#include "main/read_file.h"

namespace parvis {

Result<std::string> read_small_file(Fs& fs, const std::string& path) {
  constexpr uint64_t max_bytes = 64 << 10;
  auto file = TRY(fs.open(path));
  auto size = TRY(file->size());
  if (size > max_bytes) return fail(reasons::too_large, path);
  std::string text(size, '\0');
  size_t at = 0;
  while (at < text.size()) {
    auto got = TRY(file->read_at(at, {reinterpret_cast<uint8_t*>(text.data()) + at, text.size() - at}));
    if (got == 0) break;
    at += got;
  }
  text.resize(at);
  return text;
}

}  // namespace parvis
