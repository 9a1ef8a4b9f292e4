#include "core/audit/audit.h"

#include <fmt/format.h>

#include "core/secret.h"

namespace parvis {
namespace {

using store::Statement;

constexpr int64_t verify_batch = 1000;
constexpr size_t max_page = 200;
constexpr std::string_view first_hash = "0000000000000000000000000000000000000000000000000000000000000000";

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
  StoredAudit(store::Database& database, store::Outbox& outbox) : database_(database) {
    outbox.subscribe("audit",
                     [this](std::vector<store::OutboxEvent> events) { return project(std::move(events)); });
  }

  Task<Result<std::vector<AuditEntry>>> page(Filter filter) override;
  Task<Result<std::optional<int64_t>>> first_broken() override;

 private:
  Task<Result<void>> project(std::vector<store::OutboxEvent> events);

  store::Database& database_;
};

Task<Result<void>> StoredAudit::project(std::vector<store::OutboxEvent> events) {
  co_return co_await database_.write(
      [events = std::move(events)](store::Transaction& transaction) -> Result<void> {
        auto last = TRY(transaction.query(last_hash));
        std::string hash(last.empty() ? first_hash : last.text(0, 1));
        int64_t position = last.empty() ? 0 : last.integer(0, 0);
        for (auto& event : events) {
          if (event.position <= position) continue;  // given a second time
          AuditEntry entry{event.position, event.at,      event.kind, event.actor,
                           event.space,    event.subject, event.rule, event.payload};
          hash = chained(hash, entry);
          TRY(transaction.execute(insert, entry.position, entry.at, entry.kind, entry.actor, entry.space,
                                  entry.subject, entry.rule, entry.payload, hash));
        }
        return {};
      });
}

Task<Result<std::vector<AuditEntry>>> StoredAudit::page(Filter filter) {
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

std::unique_ptr<Audit> make_audit(store::Database& database, store::Outbox& outbox) {
  return std::make_unique<StoredAudit>(database, outbox);
}

}  // namespace parvis
