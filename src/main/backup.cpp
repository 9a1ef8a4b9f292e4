#include <fmt/format.h>

#include "base/json.h"
#include "main/commands.h"
#include "main/copy.h"
#include "main/read_file.h"
#include "platform/env.h"
#include "platform/host.h"
#include "store/sqlite_backup.h"

namespace parvis {
namespace {

constexpr Reason usage{Code::invalid, "usage", "Commande incomplète.",
                       "Usage: parvis backup|restore DIRECTORY [--data DIR]"};
constexpr Reason other_engine{
    Code::unsupported, "backup_other_engine",
    "La base PostgreSQL se sauvegarde avec pg_dump ; copiez ensuite le dossier blobs.",
    "A PostgreSQL database is saved with pg_dump; copy the folder blobs afterwards."};
constexpr Reason not_empty{Code::conflict, "restore_not_empty",
                           "Le dossier de données contient déjà une instance.",
                           "The data directory already holds an instance."};
constexpr std::string_view sqlite_prefix = "sqlite:";

/// The database first: what it names then exists among the blobs, which stay at least two weeks after they
/// are let go.
Result<void> back_up(Env& env, const Options& options, const std::string& target) {
  if (!options.database.starts_with(sqlite_prefix)) return fail(other_engine);
  TRY(env.fs.make_directories(target));
  std::string fresh = target + "/parvis.db.new", kept = target + "/parvis.db";
  (void)env.fs.remove(fresh);
  TRY(store::backup_sqlite(options.database.substr(sqlite_prefix.size()), fresh));
  TRY(env.fs.rename(fresh, kept));
  auto blobs = TRY(copy_blobs(env.fs, options.data + "/blobs", target + "/blobs"));
  std::string manifest;
  json::Writer(manifest)
      .begin_object()
      .field("format", "parvis-backup-1")
      .field("at", env.clock.now().ms)
      .field("server_name", options.server_name)
      .field("database_blake2b", TRY(hash_file(env.fs, kept)))
      .field("blobs", blobs.files)
      .field("blob_bytes", blobs.bytes)
      .end_object();
  TRY(write_file(env.fs, target + "/manifest.json", manifest + "\n"));
  fmt::print("{}: database and {} blobs ({} MB)\n", target, blobs.files, blobs.bytes >> 20);
  return {};
}

Result<void> restore(Env& env, const Options& options, const std::string& source) {
  if (!options.database.starts_with(sqlite_prefix)) return fail(other_engine);
  std::string database = options.database.substr(sqlite_prefix.size());
  TRY(env.fs.make_directories(options.data));
  auto lock = TRY(lock_file(options.data + "/lock"));
  if (env.fs.status(database)) return fail(not_empty, database);
  auto manifest = TRY(json::parse(TRY(read_small_file(env.fs, source + "/manifest.json"))));
  auto hash = json::text(manifest, "database_blake2b");
  if (json::text(manifest, "format") != "parvis-backup-1" || !hash)
    return fail(reasons::malformed, "manifest.json");
  auto blobs = TRY(copy_blobs(env.fs, source + "/blobs", options.data + "/blobs"));
  if (static_cast<int64_t>(blobs.files) < json::integer(manifest, "blobs").value_or(0)) {
    return fail(reasons::corrupt, "blobs are missing");
  }
  // The database last: an interrupted restore leaves nothing that looks like an instance.
  std::string half = database + ".restored";
  if (TRY(copy_file(env.fs, source + "/parvis.db", half)) != *hash) {
    (void)env.fs.remove(half);
    return fail(reasons::corrupt, "parvis.db is not what was saved");
  }
  TRY(env.fs.rename(half, database));
  fmt::print("{}: database and {} blobs; start with --server-name {}\n", options.data, blobs.files,
             json::text(manifest, "server_name").value_or(""));
  return {};
}

int run(const Options& options, Result<void> (*act)(Env&, const Options&, const std::string&)) {
  if (options.words.size() != 1) return refuse(Error(usage));
  auto env = make_system_env();
  auto done = act(*env, options, options.words[0]);
  return done ? 0 : refuse(done.error());
}

}  // namespace

int run_backup(const Options& options) { return run(options, back_up); }
int run_restore(const Options& options) { return run(options, restore); }

}  // namespace parvis
