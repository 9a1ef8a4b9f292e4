#include "core/notifications.h"

#include <algorithm>

#include "base/utf8.h"

namespace parvis {
namespace {

using store::Statement;

const Statement last_id{"notification.last",
                        "select coalesce(max(id), 0) from notification where person = $1"};
const Statement insert{"notification.insert",
                       "insert into notification(person, id, at, kind, space, actor, subject, text, link) "
                       "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
const Statement prune{"notification.prune", "delete from notification where person = $1 and id <= $2"};
const Statement newest{"notification.page",
                       "select id, at, kind, space, actor, subject, text, link from notification "
                       "where person = $1 and id < $2 order by id desc limit $3"};
const Statement read_mark{"notification.read_mark", "select up_to from notification_read where person = $1"};
const Statement count_unread{"notification.unread",
                             "select count(*) from notification where person = $1 and id > $2"};
const Statement set_mark{
    "notification.mark_read",
    "insert into notification_read(person, up_to) values ($1, $2) on conflict (person) do update "
    "set up_to = case when excluded.up_to > notification_read.up_to then excluded.up_to else "
    "notification_read.up_to end"};

template <class IdType>
std::string optional_text(const IdType& id) {
  return id.empty() ? std::string() : id.text();
}

/// At most max_text_bytes, cut between characters.
std::string_view shorten(std::string_view text) {
  if (text.size() <= Notifications::max_text_bytes) return text;
  size_t end = Notifications::max_text_bytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

Result<int64_t> mark_of(store::Reader& reader, const std::string& person) {
  auto rows = TRY(reader.query(read_mark, person));
  return rows.empty() ? 0 : rows.integer(0, 0);
}

Result<int64_t> unread_of(store::Reader& reader, const std::string& person, int64_t mark) {
  return TRY(reader.query(count_unread, person, mark)).integer(0, 0);
}

class StoredNotifications final : public Notifications {
 public:
  StoredNotifications(Env& env, store::Database& database, Events& events)
      : env_(env), database_(database), events_(events) {}

  Result<void> add(store::Transaction& transaction, const NewNotification& wanted) override {
    std::string person = wanted.person.text();
    int64_t id = TRY(transaction.query(last_id, person)).integer(0, 0) + 1;
    TRY(transaction.execute(insert, person, id, env_.clock.now(), wanted.kind, optional_text(wanted.space),
                            optional_text(wanted.actor), wanted.subject, shorten(wanted.text), wanted.link));
    if (id > max_per_person) TRY(transaction.execute(prune, person, id - max_per_person));
    return {};
  }

  void tell(PersonId person) override { events_.notified.tell({person}); }

  Task<Result<Page>> page(PersonId person, int64_t before, size_t limit) override {
    return database_.read([person = person.text(), before, limit](store::Reader& reader) -> Result<Page> {
      auto rows = TRY(reader.query(newest, person, before, limit + 1));
      int64_t mark = TRY(mark_of(reader, person));
      Page page;
      page.unread = TRY(unread_of(reader, person, mark));
      for (size_t i = 0; i < std::min(rows.size(), limit); ++i) {
        page.list.push_back({rows.integer(i, 0),
                             {rows.integer(i, 1)},
                             rows.integer(i, 0) <= mark,
                             std::string(rows.text(i, 2)),
                             SpaceId::parse(rows.text(i, 3)).value_or(SpaceId()),
                             PersonId::parse(rows.text(i, 4)).value_or(PersonId()),
                             std::string(rows.text(i, 5)),
                             std::string(rows.text(i, 6)),
                             std::string(rows.text(i, 7))});
      }
      if (rows.size() > limit) page.next = page.list.back().id;
      return page;
    });
  }

  Task<Result<void>> mark_read(PersonId person, int64_t up_to) override {
    CO_TRY(co_await database_.write(
        [text = person.text(), up_to](store::Transaction& transaction) -> Result<int64_t> {
          int64_t last = TRY(transaction.query(last_id, text)).integer(0, 0);
          return transaction.execute(set_mark, text, std::min(up_to, last));
        }));
    tell(person);
    co_return Result<void>();
  }

  Task<Result<int64_t>> unread(PersonId person) override {
    return database_.read([person = person.text()](store::Reader& reader) -> Result<int64_t> {
      return unread_of(reader, person, TRY(mark_of(reader, person)));
    });
  }

 private:
  Env& env_;  // its clock is read on the writer's thread: Clock::now() is thread-safe
  store::Database& database_;
  Events& events_;
};

}  // namespace

std::unique_ptr<Notifications> make_notifications(Env& env, store::Database& database, Events& events) {
  return std::make_unique<StoredNotifications>(env, database, events);
}

}  // namespace parvis
