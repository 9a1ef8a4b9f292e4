#include "module/chat/account_data.h"

#include "engine/matrix/errors.h"

namespace parvis::chat {
namespace {

using store::Statement;
const Statement load_rows{
    "chat.account_data",
    "select room, type, content, position from chat_account_data where user_number = $1"};
const Statement put_row{
    "chat.put_account_data",
    "insert into chat_account_data(user_number, room, type, content, position) values ($1, $2, $3, $4, $5) "
    "on conflict (user_number, room, type) do update set content = excluded.content, position = "
    "excluded.position"};

using Map = std::map<std::pair<RoomNumber, std::string>, AccountData>;

void read_ignored(User& user) {
  user.ignored.clear();
  auto* data = find_account_data(user, 0, "m.ignored_user_list");
  if (!data) return;
  auto tree = json::parse(data->content);
  if (!tree) return;
  if (auto* list = json::object(*tree, "ignored_users"))
    for (auto& member : *list) user.ignored.insert(std::string(member.key()));
}

}  // namespace

Task<Result<void>> load_account_data(Chat& chat, User& user) {
  if (user.account_data) co_return Result<void>{};
  auto map = CO_TRY(
      co_await chat.context.database.read([number = user.number](store::Reader& reader) -> Result<Map> {
        auto rows = TRY(reader.query(load_rows, number));
        Map out;
        for (size_t i = 0; i < rows.size(); ++i)
          out[{rows.integer(i, 0), std::string(rows.text(i, 1))}] = {std::string(rows.text(i, 2)),
                                                                     rows.integer(i, 3)};
        return out;
      }));
  if (!user.account_data) {
    user.account_data = std::make_unique<Map>(std::move(map));
    read_ignored(user);
  }
  co_return Result<void>{};
}

const AccountData* find_account_data(const User& user, RoomNumber room, std::string_view type) {
  auto found = user.account_data->find({room, std::string(type)});
  return found == user.account_data->end() ? nullptr : &found->second;
}

Task<Result<void>> put_account_data(Chat& chat, User& user, RoomNumber room, std::string type,
                                    std::string content) {
  if (content.size() > max_account_data_bytes) co_return fail(mx::errors::event_too_large);
  CO_TRY(co_await load_account_data(chat, user));
  if (user.account_data->size() >= max_account_data_entries && !find_account_data(user, room, type))
    co_return fail(reasons::too_large, "too much account data");
  int64_t position = ++chat.next_account_data;
  chat.log.add(
      [number = user.number, room, type, content, position](store::Transaction& transaction) -> Result<void> {
        TRY(transaction.execute(put_row, number, room, type, content, position));
        return {};
      },
      [&chat, &user, room, type, content, position](const Result<void>& outcome) {
        if (!outcome) return;
        (*user.account_data)[{room, type}] = {content, position};
        user.account_data_position = position;
        chat.now[mx::Stream::account_data] = position;
        if (type == "m.ignored_user_list") read_ignored(user);
        chat.wakeups.wake(user);
      });
  co_return Result<void>{};
}

void append_account_data(std::string& out, const User& user, const std::string& type,
                         const AccountData& data) {
  json::Writer writer(out);
  writer.begin_object().field("type", type).key("content");
  if (type == "m.push_rules") {
    static const mx::PushRuleset default_rules;
    auto& rules = user.ruleset ? *user.ruleset : default_rules;
    writer.raw("{\"global\":" + rules.to_json(user.user_id) + "}");
  } else {
    writer.raw(data.content);
  }
  writer.end_object();
}

Task<Result<void>> note_direct(Chat& chat, User& user, const User& other, const Room& room) {
  CO_TRY(co_await load_account_data(chat, user));
  json::Value tree = json::Object();
  if (auto* data = find_account_data(user, 0, "m.direct"))
    if (auto parsed = json::parse(data->content); parsed && parsed->is_object()) tree = std::move(*parsed);
  auto& list = tree.get_object()[other.user_id];
  if (!list.is_array()) list = json::Array();
  for (auto& known : list.get_array())
    if (known.is_string() && known.get_string() == std::string_view(room.room_id)) co_return Result<void>{};
  list.get_array().emplace_back(room.room_id);
  std::string text;
  json::Writer(text).value(tree);
  co_return co_await put_account_data(chat, user, 0, "m.direct", std::move(text));
}

}  // namespace parvis::chat
