#include <unordered_map>

#include "module/chat/store.h"

namespace parvis::chat::event_store {
namespace {

using store::Statement;

const Statement all_users{
    "chat.all_users",
    "select u.number, u.user_id, u.person, p.avatar_url from chat_user u left join chat_profile p on "
    "p.user_number = u.number order by u.number"};
const Statement all_rooms{
    "chat.all_rooms",
    "select r.number, r.room_id, r.version, r.kind, r.space, r.creator, r.published, r.created_at, "
    "(select max(position) from chat_event e where e.room = r.number), "
    "(select max(position) from chat_receipt c where c.room = r.number) from chat_room r order by "
    "r.number"};
const Statement all_members{
    "chat.all_members",
    "select room, user_number, membership, position, joined, read_position, notify, highlight, counted, "
    "threads, forgotten from chat_member"};
const Statement last_position{"chat.last_position", "select max(position) from chat_event"};
const Statement recent_transactions{
    "chat.recent_transactions",
    "select transaction_id, event_id, room, sender from chat_event where position > $1 and "
    "transaction_id is not null"};
const Statement last_receipt{"chat.last_receipt", "select max(position) from chat_receipt"};
const Statement account_positions{
    "chat.account_positions",
    "select user_number, max(position) from chat_account_data group by user_number"};
const Statement all_push_rules{
    "chat.all_push_rules",
    "select user_number, content from chat_account_data where room = 0 and type = 'm.push_rules'"};
const Statement to_device_positions{
    "chat.to_device_positions", "select user_number, max(position) from chat_to_device group by user_number"};
const Statement device_list_positions{"chat.device_list_positions",
                                      "select user_number, position from chat_device_list"};

std::vector<ThreadCounts> parse_threads(std::string_view text) {
  std::vector<ThreadCounts> out;
  if (text.empty()) return out;
  auto tree = json::parse(text);
  if (!tree || !tree->is_array()) return out;
  for (auto& item : tree->get_array()) {
    auto& cells = item.get_array();
    out.push_back({std::string(cells[0].get_string()), cells[1].to_number<int64_t>(),
                   static_cast<int32_t>(cells[2].to_number<int64_t>()),
                   static_cast<int32_t>(cells[3].to_number<int64_t>())});
  }
  return out;
}

int64_t pairs(const store::Rows& rows, std::vector<std::pair<UserNumber, int64_t>>& out) {
  int64_t highest = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    out.emplace_back(rows.integer(i, 0), rows.integer(i, 1));
    highest = std::max(highest, rows.integer(i, 1));
  }
  return highest;
}

Result<void> load_rooms(store::Reader& reader, Loaded& out) {
  auto rooms = TRY(reader.query(all_rooms));
  for (size_t i = 0; i < rooms.size(); ++i) {
    auto room = std::make_unique<Room>();
    room->number = rooms.integer(i, 0);
    room->room_id = rooms.text(i, 1);
    room->version = static_cast<mx::RoomVersion>(rooms.integer(i, 2));
    room->kind = static_cast<RoomKind>(rooms.integer(i, 3));
    room->space = rooms.id<SpaceId>(i, 4);
    room->creator = rooms.integer(i, 5);
    room->published = rooms.boolean(i, 6);
    room->created_at = rooms.instant(i, 7);
    room->last_position = rooms.integer(i, 8);
    room->receipts_position = rooms.integer(i, 9);
    out.next_room = room->number + 1;
    out.rooms.push_back(std::move(room));
  }
  auto members = TRY(reader.query(all_members));
  for (size_t i = 0; i < members.size(); ++i) {
    Loaded::MemberRow row{members.integer(i, 0), members.integer(i, 1), {}};
    row.member.membership = static_cast<Membership>(members.integer(i, 2));
    row.member.position = members.integer(i, 3);
    row.member.joined = members.integer(i, 4);
    row.member.read_position = members.integer(i, 5);
    row.member.notify = static_cast<int32_t>(members.integer(i, 6));
    row.member.highlight = static_cast<int32_t>(members.integer(i, 7));
    row.member.counted = members.integer(i, 8);
    row.member.threads = parse_threads(members.text(i, 9));
    row.member.forgotten = members.boolean(i, 10);
    out.members.push_back(std::move(row));
  }
  return {};
}

}  // namespace

Result<Loaded> load_all(store::Reader& reader) {
  Loaded out;
  auto users = TRY(reader.query(all_users));
  for (size_t i = 0; i < users.size(); ++i) {
    out.users.push_back({users.integer(i, 0), std::string(users.text(i, 1)), users.id<PersonId>(i, 2),
                         std::string(users.text(i, 3))});
  }
  TRY(load_rooms(reader, out));
  out.events = TRY(reader.query(last_position)).integer(0, 0);
  out.receipts = TRY(reader.query(last_receipt)).integer(0, 0);
  auto transactions =
      TRY(reader.query(recent_transactions, out.events - static_cast<int64_t>(remembered_transactions)));
  for (size_t i = 0; i < transactions.size(); ++i) {
    out.transactions.push_back({std::string(transactions.text(i, 0)), std::string(transactions.text(i, 1)),
                                transactions.integer(i, 2), transactions.integer(i, 3)});
  }
  auto rules = TRY(reader.query(all_push_rules));
  for (size_t i = 0; i < rules.size(); ++i)
    out.push_rules.emplace_back(rules.integer(i, 0), rules.text(i, 1));
  out.account_position = pairs(TRY(reader.query(account_positions)), out.account_data);
  out.to_device_position = pairs(TRY(reader.query(to_device_positions)), out.to_device);
  out.device_list_position = pairs(TRY(reader.query(device_list_positions)), out.device_lists);
  return out;
}

}  // namespace parvis::chat::event_store
