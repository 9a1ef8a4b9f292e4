#include "module/chat/indexer.h"

#include "platform/log.h"
#include "store/search_index.h"

namespace parvis::chat {
namespace {

using store::Statement;
const Statement read_cursor{"chat.index_cursor", "select position from chat_cursor where name = 'search'"};
const Statement put_cursor{
    "chat.put_index_cursor",
    "insert into chat_cursor(name, position) values ('search', $1) on conflict (name) do update set "
    "position = excluded.position"};
const Statement messages_after{
    "chat.messages_after",
    "select position, room, event_id, pdu, at from chat_event where position > $1 and state_key is "
    "null order by position limit $2"};

struct Line {
  std::string event_id, scope, title, text;
  int64_t at = 0;
};

// The words of a message; empty when there is nothing to find. An edit is found under the event it replaces.
Line line_of(const mx::Event& event) {
  Line line{.event_id = event.event_id, .at = event.origin_server_ts};
  if (event.type != "m.room.message") return line;
  auto content = event.content();
  auto relation = mx::parse_relation(content);
  const json::Value* shown = &content;
  if (relation.kind == mx::RelationKind::replace) {
    if (auto* next = json::find(content, "m.new_content"); next && next->is_object()) shown = next;
    line.event_id = relation.event_id;
  }
  line.text = json::text(*shown, "body").value_or("");
  return line;
}

}  // namespace

std::string Indexer::scope_of(const Room& room) {
  return room.space.empty() ? "room:" + room.room_id : room.space.text();
}

Task<Result<void>> Indexer::load() {
  cursor_ = CO_TRY(co_await chat_.context.database.read([](store::Reader& reader) -> Result<int64_t> {
    auto rows = TRY(reader.query(read_cursor));
    return rows.empty() ? int64_t{0} : rows.integer(0, 0);
  }));
  co_return Result<void>{};
}

void Indexer::nudge() {
  if (running_ || chat_.stopping) return;
  if (cursor_ >= chat_.timeline.position() && forgotten_.empty()) return;
  running_ = true;
  spawn(run());
}

void Indexer::forget(const std::string& event_id) { forgotten_.push_back(event_id); }

Task<void> Indexer::run() {
  struct Found {
    std::vector<std::pair<RoomNumber, Line>> lines;
    int64_t last = 0;
    size_t rows = 0;
  };
  for (;;) {
    co_await chat_.context.env.loop.sleep_for_us(index_pause_us);
    auto versions = std::make_shared<std::unordered_map<RoomNumber, mx::RoomVersion>>();
    for (auto& room : chat_.rooms.all()) (*versions)[room->number] = room->version;
    auto found = co_await chat_.context.database.read(
        [versions, cursor = cursor_](store::Reader& reader) -> Result<Found> {
          auto rows = TRY(reader.query(messages_after, cursor, index_batch));
          Found out{.last = cursor, .rows = rows.size()};
          for (size_t i = 0; i < rows.size(); ++i) {
            out.last = rows.integer(i, 0);
            auto version = versions->find(rows.integer(i, 1));
            if (version == versions->end()) continue;
            auto event = TRY(mx::read_event(version->second, rows.text(i, 3), rows.text(i, 2)));
            if (auto line = line_of(event); !line.text.empty())
              out.lines.emplace_back(rows.integer(i, 1), std::move(line));
          }
          return out;
        });
    if (!found || (found->rows == 0 && forgotten_.empty())) {
      if (!found) log_event(Level::warning, "chat.index", {{"detail", found.error().detail}});
      running_ = false;
      co_return;
    }
    std::vector<Line> lines;
    for (auto& [number, line] : found->lines) {
      Room& room = chat_.rooms.at(number);
      line.scope = scope_of(room);
      line.title = room.room_id;
      lines.push_back(std::move(line));
    }
    auto gone = std::exchange(forgotten_, {});
    int64_t last = found->last;
    auto written =
        co_await chat_.context.database.write([&index = chat_.context.search, lines = std::move(lines), gone,
                                               last](store::Transaction& transaction) -> Result<void> {
          for (auto& line : lines) {
            TRY(index.put(transaction, {.kind = "message",
                                        .object = line.event_id,
                                        .scope = line.scope,
                                        .title = line.title,
                                        .text = line.text,
                                        .at_ms = line.at}));
          }
          for (auto& event_id : gone) TRY(index.remove(transaction, "message", event_id));
          TRY(transaction.execute(put_cursor, last));
          return {};
        });
    if (!written) {
      log_event(Level::warning, "chat.index", {{"detail", written.error().detail}});
      forgotten_.insert(forgotten_.end(), gone.begin(), gone.end());
      running_ = false;
      co_return;
    }
    cursor_ = last;
    if (chat_.stopping) co_return;
  }
}

}  // namespace parvis::chat
