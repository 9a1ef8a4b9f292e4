#include "module/files/preview.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "module/files/reasons.h"
#include "platform/process.h"

namespace parvis {
namespace {

using store::Statement;

const Statement find_preview{"file_preview.find",
                             "select blob, size from file_preview where source = $1 and pixels = $2"};
const Statement insert_preview{"file_preview.insert",
                               "insert into file_preview(source, pixels, blob, size) values ($1, $2, $3, $4) "
                               "on conflict (source, pixels) do nothing"};
const Statement previews_of{"file_preview.of", "select blob from file_preview where source = $1"};
const Statement delete_previews{"file_preview.delete", "delete from file_preview where source = $1"};

constexpr std::array<std::string_view, 4> previewed_types{"image/png", "image/jpeg", "image/webp",
                                                          "image/gif"};
constexpr int64_t making_timeout_us = seconds_us(15);
constexpr size_t max_preview_bytes = 2 << 20;

Result<std::string> read_whole(File& file, size_t size) {
  std::string out(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    size_t count =
        TRY(file.read_at(filled, {reinterpret_cast<uint8_t*>(out.data()) + filled, size - filled}));
    if (count == 0) return fail(reasons::corrupt, "blob shorter than its record");
    filled += count;
  }
  return out;
}

ProcessOptions thumbnailer(std::string picture, int pixels) {
  auto side = std::to_string(pixels);
  return {.program = "/usr/bin/vipsthumbnail",
          .arguments = {"stdin", "--size", side + "x" + side + ">", "-o", ".webp[Q=70,strip]"},
          .environment = {"PATH=/usr/bin", "VIPS_CONCURRENCY=1", "VIPS_BLOCK_UNTRUSTED=1"},
          .working_directory = "/",
          .input = std::move(picture),
          .max_output_bytes = max_preview_bytes,
          .max_cpu_seconds = 10,
          .confinement = Confinement{
              .readable = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/dev/urandom"},
              .writable = {"/dev/null"},
              .sockets = {}}};
}

}  // namespace

bool has_preview(const FileRecord& file) {
  return std::ranges::find(previewed_types, file.type) != previewed_types.end() &&
         file.size >= min_preview_source_bytes && file.size <= max_preview_source_bytes;
}

int preview_pixels(std::string_view asked) {
  int pixels = 0;
  std::from_chars(asked.data(), asked.data() + asked.size(), pixels);
  return pixels > 800 ? 1'600 : pixels > 320 ? 800 : 320;
}

Task<Result<store::Blobs::Stored>> Previews::get(FileRecord file, int pixels) {
  if (!has_preview(file)) co_return fail(file_reasons::no_preview);
  auto find = [source = file.blob, pixels](store::Reader& reader) {
    return reader.query(find_preview, source, pixels);
  };
  auto known = CO_TRY(co_await context_.database.read(find));
  if (known.empty()) {
    auto guard = co_await making_.lock(context_.env.loop);
    known = CO_TRY(co_await context_.database.read(find));  // somebody else may have asked first
    if (known.empty()) co_return co_await make(std::move(file), pixels);
  }
  co_return store::Blobs::Stored{std::string(known.text(0, 0)), static_cast<uint64_t>(known.integer(0, 1))};
}

Task<Result<store::Blobs::Stored>> Previews::make(FileRecord file, int pixels) {
  auto& env = context_.env;
  auto original = CO_TRY(co_await context_.blobs.open(file.blob));
  auto picture = CO_TRY(
      CO_TRY(co_await env.disk.run([original, size = file.size] { return read_whole(*original, size); })));
  auto made = CO_TRY(
      co_await run_process(env, thumbnailer(std::move(picture), pixels), env.loop.now() + making_timeout_us));
  if (made.exit_code != 0 || made.signal_number != 0 || made.output.empty())
    co_return fail(file_reasons::no_preview, made.errors.substr(0, 200));
  auto stored = CO_TRY(co_await context_.blobs.put(Bytes(made.output.begin(), made.output.end())));
  auto* blobs = &context_.blobs;
  CO_TRY(co_await context_.database.write(
      [=, source = file.blob](store::Transaction& transaction) -> Result<void> {
        if (TRY(transaction.execute(insert_preview, source, pixels, stored.hash, stored.size)) == 1)
          TRY(blobs->retain(transaction, stored));
        return {};
      }));
  co_return stored;
}

Result<void> Previews::forget(store::Transaction& transaction, std::string_view source) {
  auto made = TRY(transaction.query(previews_of, source));
  for (size_t row = 0; row < made.size(); ++row) TRY(context_.blobs.release(transaction, made.text(row, 0)));
  TRY(transaction.execute(delete_previews, source));
  return {};
}

}  // namespace parvis
