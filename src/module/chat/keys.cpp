#include "module/chat/keys.h"

namespace parvis::chat {
namespace {

using store::Statement;
const Statement uploaded_devices{"chat.uploaded_devices",
                                 "select device_id from chat_device_key where user_number = $1"};
const Statement one_time_counts{
    "chat.one_time_counts",
    "select device_id, algorithm, count(*) from chat_one_time_key where user_number = $1 group by "
    "device_id, algorithm"};
const Statement unused_fallbacks{
    "chat.unused_fallbacks",
    "select device_id, algorithm from chat_fallback_key where user_number = $1 and used = 0"};
const Statement put_device_list{
    "chat.put_device_list",
    "insert into chat_device_list(user_number, position) values ($1, $2) on conflict (user_number) "
    "do update set position = excluded.position"};
const Statement to_device_after{
    "chat.to_device_after",
    "select position, content from chat_to_device where user_number = $1 and device_id = $2 and "
    "position > $3 order by position limit $4"};
const Statement delete_to_device{
    "chat.delete_to_device",
    "delete from chat_to_device where user_number = $1 and device_id = $2 and position <= $3"};
constexpr size_t to_device_batch = 100;

}  // namespace

Task<Result<void>> Keys::load(User& user) {
  if (loaded(user)) co_return Result<void>{};
  using Devices = std::map<std::string, OfDevice, std::less<>>;
  auto found = CO_TRY(
      co_await chat_.context.database.read([number = user.number](store::Reader& reader) -> Result<Devices> {
        Devices out;
        auto devices = TRY(reader.query(uploaded_devices, number));
        for (size_t i = 0; i < devices.size(); ++i) out[std::string(devices.text(i, 0))].uploaded = true;
        auto counts = TRY(reader.query(one_time_counts, number));
        for (size_t i = 0; i < counts.size(); ++i)
          out[std::string(counts.text(i, 0))].one_time_counts[std::string(counts.text(i, 1))] =
              counts.integer(i, 2);
        auto unused = TRY(reader.query(unused_fallbacks, number));
        for (size_t i = 0; i < unused.size(); ++i)
          out[std::string(unused.text(i, 0))].unused_fallback.insert(std::string(unused.text(i, 1)));
        return out;
      }));
  devices_.try_emplace(user.number, std::move(found));
  co_return Result<void>{};
}

const Keys::OfDevice* Keys::find(const User& user, std::string_view device_id) const {
  auto devices = devices_.find(user.number);
  if (devices == devices_.end()) return nullptr;
  auto found = devices->second.find(device_id);
  return found == devices->second.end() ? nullptr : &found->second;
}

Keys::OfDevice& Keys::device(const User& user, std::string_view device_id) {
  return devices_[user.number][std::string(device_id)];
}

void Keys::forget(const User& user, const std::string& device_id) {
  auto devices = devices_.find(user.number);
  if (devices != devices_.end()) devices->second.erase(device_id);
}

void Keys::changed(User& user) {
  int64_t position = ++chat_.next_device_list;
  chat_.log.add(
      [number = user.number, position](store::Transaction& transaction) -> Result<void> {
        TRY(transaction.execute(put_device_list, number, position));
        return {};
      },
      [this, &user, position](const Result<void>& outcome) {
        if (!outcome) return;
        chat_.device_list_changes.erase(user.device_list_position);
        user.device_list_position = position;
        chat_.device_list_changes[position] = user.number;
        chat_.now[mx::Stream::device_lists] = position;
        chat_.wakeups.wake(user);
        std::set<User*> others;
        for (auto* member : user.rooms) {
          if (member->membership != Membership::join) continue;
          for (auto& [number, other] : member->room->members)
            if (other.membership == Membership::join && !other.user->waiting.empty())
              others.insert(other.user);
        }
        for (User* other : others) chat_.wakeups.wake(*other);
      });
}

Task<Result<ToDeviceBatch>> read_to_device(Chat& chat, User& user, std::string device_id, int64_t after) {
  co_return co_await chat.context.database.read(
      [number = user.number, device_id, after](store::Reader& reader) -> Result<ToDeviceBatch> {
        auto rows = TRY(reader.query(to_device_after, number, device_id, after, to_device_batch));
        ToDeviceBatch out;
        for (size_t i = 0; i < rows.size(); ++i) {
          out.last = rows.integer(i, 0);
          out.events.emplace_back(rows.text(i, 1));
        }
        out.more = rows.size() == to_device_batch;
        return out;
      });
}

void drop_to_device(Chat& chat, User& user, std::string device_id, int64_t upto) {
  // One delete per acknowledged batch: the device repeats its token at every turn.
  int64_t& dropped = chat.to_device_dropped[std::to_string(user.number) + "|" + device_id];
  if (dropped >= upto || user.to_device_position <= dropped) return;
  dropped = upto;
  chat.log.add([number = user.number, device_id, upto](store::Transaction& transaction) -> Result<void> {
    TRY(transaction.execute(delete_to_device, number, device_id, upto));
    return {};
  });
}

}  // namespace parvis::chat
