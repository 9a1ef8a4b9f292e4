#include "store/outbox.h"

#include "platform/log.h"
#include "platform/signal.h"

namespace parvis::store {
namespace {

const Statement select_events{"outbox.select",
                              "select position, at, kind, actor, space, subject, payload, rule from outbox "
                              "where position > $1 order by position limit $2"};
const Statement newest_event{"outbox.newest", "select coalesce(max(position), 0) from outbox"};
const Statement get_cursor{"outbox.get_cursor", "select position from outbox_cursor where subscriber = $1"};
const Statement set_cursor{"outbox.set_cursor",
                           "insert into outbox_cursor(subscriber, position) values ($1, $2) "
                           "on conflict (subscriber) do update set position = excluded.position"};
const Statement trim_events{
    "outbox.trim",
    "delete from outbox where at < $1 and position < (select max(position) from outbox) and "
    "position <= (select coalesce(min(position), 0) from outbox_cursor)"};

class CursorOutbox final : public Outbox {
 public:
  CursorOutbox(Env& env, Database& database) : env_(env), database_(database) {}
  ~CursorOutbox() override { *alive_ = false; }

  void subscribe(std::string name, Subscriber subscriber, bool from_now) override {
    auto line = std::make_unique<Line>();
    line->name = std::move(name);
    line->subscriber = std::move(subscriber);
    line->from_now = from_now;
    lines_.push_back(std::move(line));
  }

  void start() override {
    database_.on_commit([this, alive = alive_](int64_t) {
      if (!*alive) return;
      for (auto& line : lines_) wake(*line);
    });
    for (auto& line : lines_) wake(*line);
  }

  Task<void> drain(Monotonic deadline) override {
    draining_ = true;
    stop_waiting_.notify_all();
    while (active_ > 0 && env_.loop.now() < deadline) (void)co_await idle_.wait(env_.loop, deadline);
  }

  Task<Result<int64_t>> trim(Instant before) override {
    return database_.write([before](Transaction& tx) { return tx.execute(trim_events, before); });
  }

 private:
  struct Line {
    std::string name;
    Subscriber subscriber;
    bool from_now = false;
    bool running = false;
    bool more = false;  // something was committed since the last look
    bool loaded = false;
    int64_t position = 0;
  };

  void wake(Line& line) {
    line.more = true;
    if (!line.running && !draining_) spawn(run(line));
  }

  Task<void> run(Line& line) {
    line.running = true;
    ++active_;
    while (line.more && !draining_) {
      line.more = false;
      auto count = co_await step(line);
      if (count && *count == batch) line.more = true;
      if (count) continue;
      log_event(Level::warning, "outbox.subscriber_failed",
                {{"subscriber", line.name},
                 {"after", line.position},
                 {"reason", count.error().reason->id},
                 {"detail", count.error().detail}});
      line.more = true;
      (void)co_await stop_waiting_.wait(env_.loop, env_.loop.now() + millis_us(retry_pause_ms));
    }
    line.running = false;
    if (--active_ == 0) idle_.notify_all();
  }

  Task<Result<void>> load(Line& line) {
    auto write = [name = line.name, from_now = line.from_now](Transaction& tx) -> Result<int64_t> {
      Rows known = TRY(tx.query(get_cursor, name));
      if (!known.empty()) return known.integer(0, 0);
      int64_t first = from_now ? TRY(tx.query(newest_event)).integer(0, 0) : 0;
      TRY(tx.execute(set_cursor, name, first));
      return first;
    };
    line.position = CO_TRY(co_await database_.write(write));
    line.loaded = true;
    co_return Result<void>{};
  }

  Task<Result<size_t>> step(Line& line) {
    if (!line.loaded) CO_TRY(co_await load(line));
    auto events = CO_TRY(co_await database_.read(
        [after = line.position](Reader& reader) { return read_outbox(reader, after, batch); }));
    if (events.empty()) co_return size_t{0};
    size_t count = events.size();
    int64_t newest = events.back().position;
    CO_TRY(co_await line.subscriber(std::move(events)));
    CO_TRY(co_await database_.write(
        [name = line.name, newest](Transaction& tx) { return tx.execute(set_cursor, name, newest); }));
    line.position = newest;
    co_return count;
  }

  Env& env_;
  Database& database_;
  std::vector<std::unique_ptr<Line>> lines_;
  bool draining_ = false;
  size_t active_ = 0;
  Signal idle_, stop_waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

Result<std::vector<OutboxEvent>> read_outbox(Reader& reader, int64_t position, size_t limit) {
  Rows rows = TRY(reader.query(select_events, position, limit));
  std::vector<OutboxEvent> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    auto text = [&](size_t column) { return std::string(rows.text(i, column)); };
    out.push_back({.position = rows.integer(i, 0),
                   .at = rows.instant(i, 1),
                   .kind = text(2),
                   .actor = text(3),
                   .space = text(4),
                   .subject = text(5),
                   .payload = text(6),
                   .rule = text(7)});
  }
  return out;
}

std::unique_ptr<Outbox> make_outbox(Env& env, Database& database) {
  return std::make_unique<CursorOutbox>(env, database);
}

}  // namespace parvis::store
