#include "core/audit/audit.h"

#include <fmt/format.h>

#include "core/secret.h"
#include "platform/log.h"

namespace parvis {
namespace {

using store::Statement;

constexpr std::string_view subscriber = "audit";
constexpr int64_t batch_size = 500;
constexpr int64_t verify_batch = 1000;
constexpr size_t max_page = 200;
constexpr int64_t delay_us = millis_us(300);  // several commits, one projection
constexpr std::string_view first_hash = "0000000000000000000000000000000000000000000000000000000000000000";

const Statement get_cursor{"audit.cursor", "select position from outbox_cursor where subscriber = $1"};
const Statement set_cursor{"audit.set_cursor",
                           "insert into outbox_cursor(subscriber, position) values ($1, $2) "
                           "on conflict (subscriber) do update set position = excluded.position"};
// Content is not an act of administration: messages, receipts and reactions are left where they are.
const Statement fresh{"audit.outbox",
                      "select position, at, kind, actor, space, subject, rule, payload from outbox "
                      "where position > $1 and kind not like 'message.%' order by position limit $2"};
const Statement newest_outbox{"audit.outbox_newest", "select coalesce(max(position), 0) from outbox"};
const Statement last_hash{"audit.last", "select position, hash from audit order by position desc limit 1"};
const Statement insert{"audit.insert",
                       "insert into audit(position, at, kind, actor, space, subject, rule, payload, hash) "
                       "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
const Statement select_page{
    "audit.page",
    "select position, at, kind, actor, space, subject, rule, payload from audit "
    "where position < $1 and ($2 = '' or space = $2) and ($3 = '' or actor = $3) and ($4 = '' or kind = $4) "
    "order by position desc limit $5"};
const Statement chain{"audit.chain",
                      "select position, at, kind, actor, space, subject, rule, payload, hash from audit "
                      "where position > $1 order by position limit $2"};

AuditEntry entry_of(const store::Rows& rows, size_t row) {
  auto text = [&](size_t column) { return std::string(rows.text(row, column)); };
  return {rows.integer(row, 0), {rows.integer(row, 1)}, text(2), text(3), text(4), text(5), text(6), text(7)};
}

/// Every field with its length, so that no two rows read the same.
std::string chained(std::string_view previous, const AuditEntry& entry) {
  std::string text = fmt::format("{}\n{}\n{}\n", previous, entry.position, entry.at.ms);
  for (auto* field : {&entry.kind, &entry.actor, &entry.space, &entry.subject, &entry.rule, &entry.payload}) {
    text += fmt::format("{}:{}\n", field->size(), *field);
  }
  return hash_secret(text);
}

class StoredAudit final : public Audit {
 public:
  StoredAudit(Env& env, store::Database& database) : env_(env), database_(database) {
    database_.on_commit([this](int64_t) { wake(); });
    wake();
  }
  ~StoredAudit() override { env_.loop.cancel(timer_); }

  Task<Result<std::vector<AuditEntry>>> page(Filter filter) override;
  Task<Result<std::optional<int64_t>>> first_broken() override;
  Task<void> catch_up() override;

 private:
  void wake();
  Task<Result<bool>> project_batch();

  Env& env_;
  store::Database& database_;
  TimerId timer_ = 0;
  std::optional<int64_t> cursor_;  // as stored or further: rows left out move it in memory only
  bool projecting_ = false;
};

void StoredAudit::wake() {
  if (timer_ != 0) return;
  timer_ = env_.loop.call_at(env_.loop.now() + delay_us, [this] {
    timer_ = 0;
    spawn(catch_up());
  });
}

Task<void> StoredAudit::catch_up() {
  if (projecting_) co_return;  // the running one goes on until nothing is left
  projecting_ = true;
  while (true) {
    auto more = co_await project_batch();
    if (!more) log_event(Level::error, "audit.failed", {{"error", more.error().reason->id}});
    if (!more || !*more) break;
  }
  projecting_ = false;
}

/// True when there may be more.
Task<Result<bool>> StoredAudit::project_batch() {
  struct Batch {
    std::vector<AuditEntry> entries;
    int64_t cursor = 0;
  };
  auto batch = CO_TRY(co_await database_.read([from = cursor_](store::Reader& reader) -> Result<Batch> {
    Batch out;
    out.cursor = from.value_or(0);
    if (!from) {
      auto stored = TRY(reader.query(get_cursor, subscriber));
      if (!stored.empty()) out.cursor = stored.integer(0, 0);
    }
    int64_t newest = TRY(reader.query(newest_outbox)).integer(0, 0);
    auto rows = TRY(reader.query(fresh, out.cursor, batch_size));
    for (size_t i = 0; i < rows.size(); ++i) out.entries.push_back(entry_of(rows, i));
    out.cursor = static_cast<int64_t>(rows.size()) == batch_size ? out.entries.back().position : newest;
    return out;
  }));
  bool more = static_cast<int64_t>(batch.entries.size()) == batch_size;
  if (!batch.entries.empty()) {
    CO_TRY(co_await database_.write([batch](store::Transaction& transaction) -> Result<int64_t> {
      auto last = TRY(transaction.query(last_hash));
      std::string hash(last.empty() ? first_hash : last.text(0, 1));
      int64_t position = last.empty() ? 0 : last.integer(0, 0);
      for (auto& entry : batch.entries) {
        if (entry.position <= position) continue;  // projected before a crash
        hash = chained(hash, entry);
        TRY(transaction.execute(insert, entry.position, entry.at, entry.kind, entry.actor, entry.space,
                                entry.subject, entry.rule, entry.payload, hash));
      }
      return transaction.execute(set_cursor, subscriber, batch.cursor);
    }));
  }
  cursor_ = batch.cursor;
  co_return more;
}

Task<Result<std::vector<AuditEntry>>> StoredAudit::page(Filter filter) {
  co_await catch_up();
  if (filter.before <= 0) filter.before = INT64_MAX;
  filter.limit = std::min(filter.limit, max_page);
  co_return co_await database_.read([filter](store::Reader& reader) -> Result<std::vector<AuditEntry>> {
    auto rows =
        TRY(reader.query(select_page, filter.before, filter.space, filter.actor, filter.kind, filter.limit));
    std::vector<AuditEntry> out;
    for (size_t i = 0; i < rows.size(); ++i) out.push_back(entry_of(rows, i));
    return out;
  });
}

Task<Result<std::optional<int64_t>>> StoredAudit::first_broken() {
  std::string hash(first_hash);
  int64_t position = 0;
  while (true) {
    auto rows = CO_TRY(co_await database_.read(
        [position](store::Reader& reader) { return reader.query(chain, position, verify_batch); }));
    for (size_t i = 0; i < rows.size(); ++i) {
      auto entry = entry_of(rows, i);
      hash = chained(hash, entry);
      position = entry.position;
      if (rows.text(i, 8) != hash) co_return std::optional<int64_t>(position);
    }
    if (static_cast<int64_t>(rows.size()) < verify_batch) co_return std::optional<int64_t>();
  }
}

}  // namespace

std::unique_ptr<Audit> make_audit(Env& env, store::Database& database) {
  return std::make_unique<StoredAudit>(env, database);
}

}  // namespace parvis
