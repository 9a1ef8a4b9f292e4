#include "store/blobs.h"

#include <sodium.h>

#include <array>
#include <map>
#include <set>

#include "platform/signal.h"

namespace parvis::store {
namespace {

constexpr size_t hash_bytes = 32;
constexpr size_t collect_at_once = 500;
constexpr int64_t stale_upload_ms = int64_t{24} * 3'600'000;

const Statement insert_blob{
    "blob.insert",
    "insert into stored_blob(hash, size, reference_count, unreferenced_at) values ($1, $2, 0, $3) "
    "on conflict (hash) do update set unreferenced_at = excluded.unreferenced_at"};
const Statement retain_blob{"blob.retain",
                            "update stored_blob set reference_count = reference_count + 1 where hash = $1"};
const Statement release_blob{
    "blob.release",
    "update stored_blob set reference_count = reference_count - 1, unreferenced_at = $2 "
    "where hash = $1 and reference_count > 0"};
const Statement list_collectable{"blob.list_collectable",
                                 "select hash from stored_blob where reference_count = 0 and unreferenced_at "
                                 "< $1 order by unreferenced_at limit $2"};
const Statement delete_blob{
    "blob.delete",
    "delete from stored_blob where hash = $1 and reference_count = 0 and unreferenced_at < $2"};

bool is_hash(std::string_view text) {
  return text.size() == 2 * hash_bytes &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What the disk threads touch of an upload; shared with their jobs, so that it outlives a forgotten upload.
struct UploadState {
  std::string path;
  std::unique_ptr<File> file;
  crypto_generichash_state hasher;
  uint64_t size = 0;
};

class DiskBlobs final : public Blobs {
 public:
  DiskBlobs(Env& env, Database& database, std::string directory)
      : env_(env), database_(database), directory_(std::move(directory)) {}

  Task<Result<std::unique_ptr<Upload>>> begin() override;
  Task<Result<Stored>> put(Bytes content) override;
  Task<Result<std::shared_ptr<File>>> open(std::string hash) override;
  Result<void> retain(Transaction& transaction, const Stored& blob) override;
  Result<void> release(Transaction& transaction, std::string_view hash) override;
  Task<Result<size_t>> collect() override;

 private:
  friend class DiskUpload;
  std::string incoming() const { return directory_ + "/incoming"; }
  std::string folder_of(const std::string& hash) const { return directory_ + "/" + hash.substr(0, 2); }
  std::string path_of(const std::string& hash) const { return folder_of(hash) + "/" + hash.substr(2); }
  Task<Result<void>> keep(std::shared_ptr<UploadState> state, Stored blob);
  Task<Result<size_t>> collect_some(Instant before);
  Task<Result<void>> remove_stale_uploads();

  Env& env_;
  Database& database_;
  std::string directory_;
  std::map<std::string, int> finishing_;  // renamed or about to be, row not yet written: not to be collected
  std::set<std::string> collecting_;      // row and file about to go: whoever finishes the same content waits
  Signal collected_;
};

class DiskUpload final : public Blobs::Upload {
 public:
  DiskUpload(DiskBlobs& blobs, std::shared_ptr<UploadState> state)
      : blobs_(blobs), state_(std::move(state)) {}
  ~DiskUpload() override {
    if (finished_) return;
    auto remove = [state = state_, &fs = blobs_.env_.fs] {
      state->file.reset();
      static_cast<void>(fs.remove(state->path));
    };
    // With a full queue the file stays until collect() finds it stale.
    blobs_.env_.disk.submit(std::move(remove), [] {});
  }

  Task<Result<void>> write(Bytes chunk) override {
    size_ += chunk.size();
    co_return CO_TRY(
        co_await blobs_.env_.disk.run([state = state_, chunk = std::move(chunk)]() -> Result<void> {
          TRY(state->file->write_at(state->size, chunk));
          state->size += chunk.size();
          crypto_generichash_update(&state->hasher, chunk.data(), chunk.size());
          return {};
        }));
  }

  uint64_t size() const override { return size_; }

  Task<Result<Blobs::Stored>> finish() override {
    auto hash = CO_TRY(co_await blobs_.env_.disk.run([state = state_]() -> Result<std::string> {
      TRY(state->file->sync());
      state->file.reset();
      std::array<uint8_t, hash_bytes> digest;
      crypto_generichash_final(&state->hasher, digest.data(), digest.size());
      return to_hex(digest);
    }));
    if (!hash) co_return std::unexpected(hash.error());
    Blobs::Stored stored{.hash = *hash, .size = size_};
    CO_TRY(co_await blobs_.keep(state_, stored));
    finished_ = true;
    co_return stored;
  }

 private:
  DiskBlobs& blobs_;
  std::shared_ptr<UploadState> state_;
  uint64_t size_ = 0;
  bool finished_ = false;
};

Task<Result<std::unique_ptr<Blobs::Upload>>> DiskBlobs::begin() {
  auto state = std::make_shared<UploadState>();
  state->path = incoming() + "/" + env_.new_id<Id<struct UploadTag>>().text();
  crypto_generichash_init(&state->hasher, nullptr, 0, hash_bytes);
  CO_TRY(CO_TRY(co_await env_.disk.run([state, &fs = env_.fs, folder = incoming()]() -> Result<void> {
    auto created = fs.create(state->path);
    if (!created && created.error().code() == Code::not_found) {
      TRY(fs.make_directories(folder));
      created = fs.create(state->path);
    }
    state->file = TRY(std::move(created));
    return {};
  })));
  co_return std::make_unique<DiskUpload>(*this, std::move(state));
}

/// Moves a finished upload to its place and gives it a row.
Task<Result<void>> DiskBlobs::keep(std::shared_ptr<UploadState> state, Stored blob) {
  while (collecting_.contains(blob.hash)) (void)co_await collected_.wait(env_.loop);
  ++finishing_[blob.hash];
  auto moved = co_await env_.disk.run(
      [state, &fs = env_.fs, folder = folder_of(blob.hash), target = path_of(blob.hash)]() -> Result<void> {
        auto renamed = fs.rename(state->path, target);
        if (renamed || renamed.error().code() != Code::not_found) return renamed;
        TRY(fs.make_directories(folder));
        return fs.rename(state->path, target);
      });
  Result<void> outcome = moved ? *moved : std::unexpected(moved.error());
  if (outcome) {
    auto inserted = co_await database_.write([blob, now = env_.clock.now()](Transaction& tx) {
      return tx.execute(insert_blob, blob.hash, blob.size, now);
    });
    if (!inserted) outcome = std::unexpected(inserted.error());
  }
  if (--finishing_[blob.hash] == 0) finishing_.erase(blob.hash);
  co_return outcome;
}

Task<Result<Blobs::Stored>> DiskBlobs::put(Bytes content) {
  auto upload = CO_TRY(co_await begin());
  CO_TRY(co_await upload->write(std::move(content)));
  co_return co_await upload->finish();
}

Task<Result<std::shared_ptr<File>>> DiskBlobs::open(std::string hash) {
  if (!is_hash(hash)) co_return fail(reasons::not_found, "not a blob hash");
  auto file = CO_TRY(co_await env_.disk.run([&fs = env_.fs, path = path_of(hash)] { return fs.open(path); }));
  if (!file) co_return std::unexpected(file.error());
  co_return std::shared_ptr<File>(std::move(*file));
}

Result<void> DiskBlobs::retain(Transaction& transaction, const Stored& blob) {
  int64_t changed = TRY(transaction.execute(retain_blob, blob.hash));
  if (changed == 0) return fail(reasons::not_found, "blob was never kept, or collected");
  return {};
}

Result<void> DiskBlobs::release(Transaction& transaction, std::string_view hash) {
  int64_t changed = TRY(transaction.execute(release_blob, hash, env_.clock.now()));
  if (changed == 0) return fail(reasons::internal, "blob released more often than retained");
  return {};
}

Task<Result<size_t>> DiskBlobs::collect() {
  CO_TRY(co_await remove_stale_uploads());
  Instant before = env_.clock.now() + -grace_ms;
  size_t total = 0;
  while (true) {
    size_t some = CO_TRY(co_await collect_some(before));
    total += some;
    if (some < collect_at_once) co_return total;
  }
}

Task<Result<size_t>> DiskBlobs::collect_some(Instant before) {
  auto rows = CO_TRY(co_await database_.read(
      [before](Reader& reader) { return reader.query(list_collectable, before, collect_at_once); }));
  std::vector<std::string> hashes;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string hash(rows.text(i, 0));
    if (finishing_.contains(hash) || !collecting_.insert(hash).second) continue;
    hashes.push_back(std::move(hash));
  }
  auto gone = co_await database_.write([hashes, before](Transaction& tx) -> Result<std::vector<std::string>> {
    std::vector<std::string> deleted;
    for (const std::string& hash : hashes) {
      if (TRY(tx.execute(delete_blob, hash, before)) == 1) deleted.push_back(hash);
    }
    return deleted;
  });
  if (gone) {
    std::vector<std::string> paths;
    for (const std::string& hash : *gone) paths.push_back(path_of(hash));
    // A file that stays behind costs space only; the same content, stored again, takes its place.
    (void)co_await env_.disk.run([paths = std::move(paths), &fs = env_.fs] {
      for (const std::string& path : paths) static_cast<void>(fs.remove(path));
      return true;
    });
  }
  for (const std::string& hash : hashes) collecting_.erase(hash);
  collected_.notify_all();
  if (!gone) co_return std::unexpected(gone.error());
  co_return gone->size();
}

Task<Result<void>> DiskBlobs::remove_stale_uploads() {
  Instant before = env_.clock.now() + -stale_upload_ms;
  co_return CO_TRY(co_await env_.disk.run([before, &fs = env_.fs, folder = incoming()]() -> Result<void> {
    auto names = fs.list(folder);
    if (!names && names.error().code() == Code::not_found) return {};
    for (const std::string& name : TRY(std::move(names))) {
      auto status = fs.status(folder + "/" + name);
      if (status && status->modified < before) static_cast<void>(fs.remove(folder + "/" + name));
    }
    return {};
  }));
}

}  // namespace

std::unique_ptr<Blobs> make_blobs(Env& env, Database& database, std::string directory) {
  return std::make_unique<DiskBlobs>(env, database, std::move(directory));
}

}  // namespace parvis::store
