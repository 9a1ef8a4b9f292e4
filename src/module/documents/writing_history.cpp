#include "module/documents/writing_history.h"

#include <algorithm>
#include <charconv>

namespace parvis::writing_history {
namespace {

using store::Statement;

const Statement record_writing{"document_writing.record",
                               "insert into document_writing(document, started_at, author, ended_at, "
                               "updates) values ($1, $2, $3, $4, $5) "
                               "on conflict (document, started_at, author) do update set ended_at = $4, "
                               "updates = document_writing.updates + $5"};
const Statement open_writing{
    "document_writing.open",
    "select author, started_at, ended_at, updates from document_writing "
    "where document = $1 and started_at > $2 and ended_at >= $3 order by started_at"};
const Statement page_of_writing{
    "document_writing.page",
    "select author, started_at, ended_at, updates from document_writing where document = $1 and "
    "(started_at < $2 or (started_at = $2 and author < $3)) order by started_at desc, author desc limit $4"};

std::vector<WritingSpell> spells_in(const store::Rows& rows) {
  std::vector<WritingSpell> out;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    out.push_back(
        {rows.id<PersonId>(row, 0), rows.instant(row, 1), rows.instant(row, 2), rows.integer(row, 3)});
  }
  return out;
}

bool goes_on(const WritingSpell& spell, Instant now) {
  return now.ms >= spell.started_at.ms && now.ms - spell.ended_at.ms <= pause_ms &&
         now.ms - spell.started_at.ms < longest_ms;
}

}  // namespace

Result<void> record(store::Transaction& transaction, DocumentId document, const WritingSpell& more) {
  TRY(transaction.execute(record_writing, document, more.started_at, more.author, more.ended_at,
                          more.updates));
  return {};
}

Result<std::vector<WritingSpell>> open_spells(store::Reader& reader, DocumentId document, Instant now) {
  return spells_in(TRY(reader.query(open_writing, document, now.ms - longest_ms, now.ms - pause_ms)));
}

std::string cursor_text(const WritingSpell& last) {
  return std::to_string(last.started_at.ms) + "." + last.author.text();
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  Cursor out;
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, out.started_at_ms);
  if (error != std::errc() || stop == end || *stop != '.') return std::nullopt;
  auto author = PersonId::parse(std::string_view(stop + 1, end));
  if (!author) return std::nullopt;
  out.author = author->text();
  return out;
}

Result<std::vector<WritingSpell>> page(store::Reader& reader, DocumentId document, const Cursor& after,
                                       int64_t limit) {
  return spells_in(TRY(reader.query(page_of_writing, document, after.started_at_ms, after.author,
                                    std::clamp<int64_t>(limit, 1, max_page))));
}

Spells::Spells(const std::vector<WritingSpell>& open) {
  for (auto& spell : open) {
    auto known = std::ranges::find(spells_, spell.author, &WritingSpell::author);
    if (known == spells_.end()) {
      spells_.push_back(spell);
    } else {
      *known = spell;  // the later one
    }
  }
}

Instant Spells::since(PersonId author, Instant now) {
  auto known = std::ranges::find(spells_, author, &WritingSpell::author);
  if (known == spells_.end()) known = spells_.insert(spells_.end(), {author, now, now, 0});
  if (!goes_on(*known, now)) known->started_at = now;
  known->ended_at = now;
  return known->started_at;
}

}  // namespace parvis::writing_history
