#include "module/chat/alias.h"

#include <algorithm>

#include "engine/matrix/errors.h"
#include "engine/matrix/identifiers.h"

namespace parvis::chat {
namespace {

using store::Statement;
const Statement all_aliases{"chat.aliases", "select alias, room from chat_alias"};
const Statement insert_alias{
    "chat.insert_alias",
    "insert into chat_alias(alias, room, creator) values ($1, $2, $3) on conflict do nothing"};
const Statement delete_alias{"chat.delete_alias", "delete from chat_alias where alias = $1"};

}  // namespace

Task<Result<void>> load_aliases(Chat& chat) {
  using List = std::vector<std::pair<std::string, RoomNumber>>;
  auto list = CO_TRY(co_await chat.context.database.read([](store::Reader& reader) -> Result<List> {
    auto rows = TRY(reader.query(all_aliases));
    List out;
    for (size_t i = 0; i < rows.size(); ++i) out.emplace_back(rows.text(i, 0), rows.integer(i, 1));
    return out;
  }));
  for (auto& [alias, room] : list) chat.aliases[alias] = &chat.rooms.at(room);
  co_return Result<void>{};
}

Result<void> check_new_alias(Chat& chat, std::string_view alias) {
  auto parts = mx::parse_alias(alias);
  if (!parts || parts->server != chat.server_name()) return fail(mx::errors::invalid_param, "alias");
  if (chat.aliases.contains(std::string(alias))) return fail(mx::errors::room_in_use);
  return {};
}

void put_alias(Chat& chat, const std::string& alias, Room& room, const User& creator) {
  chat.aliases[alias] = &room;
  chat.log.add([alias, number = room.number,
                creator = creator.number](store::Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(insert_alias, alias, number, creator));
    return {};
  });
}

void remove_alias(Chat& chat, const std::string& alias) {
  chat.aliases.erase(alias);
  chat.log.add([alias](store::Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(delete_alias, alias));
    return {};
  });
}

std::vector<std::string> aliases_of(const Chat& chat, const Room& room) {
  std::vector<std::string> out;
  for (auto& [alias, target] : chat.aliases)
    if (target == &room) out.push_back(alias);
  std::sort(out.begin(), out.end());
  return out;
}

Room* find_room(Chat& chat, std::string_view id_or_alias) {
  if (!id_or_alias.starts_with('#')) return chat.rooms.find(id_or_alias);
  auto found = chat.aliases.find(std::string(id_or_alias));
  return found == chat.aliases.end() ? nullptr : found->second;
}

}  // namespace parvis::chat
