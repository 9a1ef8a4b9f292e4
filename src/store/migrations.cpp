#include "store/migrations.h"

#include <sodium.h>

#include <array>
#include <unordered_map>
#include <unordered_set>

namespace parvis::store {
namespace {

const Statement list_migrations{"migration.list",
                                "select number, name, checksum from migration order by number"};
const Statement insert_migration{
    "migration.insert", "insert into migration(number, name, checksum, applied_at) values ($1, $2, $3, $4)"};

constexpr const char* create_migration_table =
    "create table if not exists migration (number bigint primary key, name text not null, "
    "checksum text not null, applied_at bigint not null)";

std::string script_for(std::string_view engine, const Migration& migration) {
  if (engine == "sqlite") return portable_to_sqlite(migration.common) + "\n" + std::string(migration.sqlite);
  return std::string(migration.common) + "\n" + std::string(migration.postgres);
}

std::string checksum(std::string_view script) {
  std::array<uint8_t, 16> hash;
  ByteView bytes = as_bytes(script);
  crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), nullptr, 0);
  return to_hex(hash);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

// End of the quoted text or comment that starts at `at`; `at` itself when none does.
size_t skip_opaque(std::string_view script, size_t at) {
  auto after = [&](std::string_view end, size_t from) {
    size_t found = script.find(end, from);
    return found == std::string_view::npos ? script.size() : found + end.size();
  };
  if (script[at] == '\'') return after("'", at + 1);
  if (script[at] == '"') return after("\"", at + 1);
  if (script.substr(at).starts_with("--")) return after("\n", at);
  if (script.substr(at).starts_with("/*")) return after("*/", at);
  return at;
}

class Translator {
 public:
  explicit Translator(std::string_view script) : script_(script) {}

  std::string run() {
    while (at_ < script_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    size_t end = skip_opaque(script_, at_);
    if (end != at_) {
      out_ += script_.substr(at_, end - at_);
      at_ = end;
    } else if (is_word(script_[at_])) {
      word();
    } else {
      punctuation(script_[at_++]);
    }
  }

  void word() {
    size_t end = at_;
    while (end < script_.size() && is_word(script_[end])) ++end;
    std::string word(script_.substr(at_, end - at_));
    at_ = end;
    if (words_ < 2) start_ += word + " ";
    ++words_;
    static const std::unordered_map<std::string_view, std::string_view> types = {{"bigint", "integer"},
                                                                                 {"bytea", "blob"},
                                                                                 {"boolean", "integer"},
                                                                                 {"double", "real"},
                                                                                 {"precision", ""}};
    auto type = types.find(word);
    out_ += type == types.end() ? word : type->second;
  }

  void punctuation(char c) {
    if (c == ';') {
      if (start_ == "create table ") out_ += " strict";
      start_.clear();
      words_ = 0;
    }
    out_ += c;
  }

  std::string_view script_;
  size_t at_ = 0;
  std::string out_;
  std::string start_;  // the statement's first two words
  int words_ = 0;
};

Result<void> apply(Session& session, Clock& clock, const Migration& migration, const std::string& script) {
  TRY(session.run_script(script));
  TRY(session.execute(insert_migration, migration.number, migration.name, checksum(script), clock.now()));
  return {};
}

}  // namespace

std::string portable_to_sqlite(std::string_view script) { return Translator(script).run(); }

Result<void> migrate(Session& session, Clock& clock, std::span<const Migration> migrations) {
  // One transaction at a time holds the writer's lock, so that two processes that start together do not
  // collide.
  TRY(session.begin());
  auto known = session.run_script(create_migration_table);
  auto rows = known ? session.query(list_migrations) : Result<Rows>(std::unexpected(known.error()));
  if (rows) known = session.commit();
  if (!known || !rows) {
    session.roll_back();
    return known ? Result<void>(std::unexpected(rows.error())) : known;
  }
  std::unordered_map<int64_t, std::string> applied;
  for (size_t i = 0; i < rows->size(); ++i) applied.emplace(rows->integer(i, 0), rows->text(i, 2));
  std::unordered_set<int64_t> numbers;
  for (const Migration& migration : migrations) numbers.insert(migration.number);
  for (auto& [number, sum] : applied) {
    if (!numbers.contains(number)) {
      return fail(schema_newer, "migration " + std::to_string(number) + " is unknown to this binary");
    }
  }
  for (const Migration& migration : migrations) {
    std::string script = script_for(session.engine(), migration);
    auto found = applied.find(migration.number);
    if (found != applied.end()) {
      if (found->second == checksum(script)) continue;
      return fail(schema_changed, std::string(migration.name) + " has changed since it was applied");
    }
    TRY(session.begin());
    auto outcome = apply(session, clock, migration, script);
    if (outcome) outcome = session.commit();
    if (outcome) continue;
    session.roll_back();
    outcome.error().detail = std::string(migration.name) + ": " + outcome.error().detail;
    return outcome;
  }
  return {};
}

}  // namespace parvis::store
