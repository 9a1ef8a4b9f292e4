#include "main/copy.h"

#include <functional>

#include "core/content_hash.h"

namespace parvis {
namespace {

constexpr size_t chunk_bytes = 1 << 20;

Result<void> read_through(File& file, const std::function<Result<void>(uint64_t, ByteView)>& take) {
  Bytes chunk(chunk_bytes);
  uint64_t at = 0;
  while (true) {
    auto got = TRY(file.read_at(at, chunk));
    if (got == 0) return {};
    TRY(take(at, ByteView(chunk).first(got)));
    at += got;
  }
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<std::string> copy_file(Fs& fs, const std::string& from, const std::string& to) {
  auto source = TRY(fs.open(from));
  std::string half = to + ".part";
  ContentHash hash;
  {
    auto target = TRY(fs.create(half));
    TRY(read_through(*source, [&](uint64_t at, ByteView bytes) {
      hash.add(bytes);
      return target->write_at(at, bytes);
    }));
    TRY(target->sync());
  }
  TRY(fs.rename(half, to));
  return hash.finish();
}

Result<std::string> hash_file(Fs& fs, const std::string& path) {
  auto file = TRY(fs.open(path));
  ContentHash hash;
  TRY(read_through(*file, [&](uint64_t, ByteView bytes) -> Result<void> {
    hash.add(bytes);
    return {};
  }));
  return hash.finish();
}

Result<void> write_file(Fs& fs, const std::string& path, std::string_view content) {
  auto file = TRY(fs.create(path));
  TRY(file->write_at(0, as_bytes(content)));
  return file->sync();
}

Result<BlobsCopied> copy_blobs(Fs& fs, const std::string& from, const std::string& to) {
  BlobsCopied copied;
  auto folders = fs.list(from);
  if (!folders) return copied;  // nothing was ever stored
  for (auto& folder : *folders) {
    if (folder.size() != 2 || !is_hex(folder)) continue;
    TRY(fs.make_directories(to + "/" + folder));
    for (auto& name : TRY(fs.list(from + "/" + folder))) {
      std::string source = from + "/" + folder + "/" + name, target = to + "/" + folder + "/" + name;
      auto status = TRY(fs.status(source));
      ++copied.files;
      copied.bytes += status.size;
      auto there = fs.status(target);
      if (there && there->size == status.size) continue;
      if (TRY(copy_file(fs, source, target)) != folder + name) {
        (void)fs.remove(target);
        return fail(reasons::corrupt, source + " does not hold what its name says");
      }
    }
  }
  return copied;
}

}  // namespace parvis
