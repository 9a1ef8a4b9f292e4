#include "module/chat/media.h"

#include "engine/matrix/identifiers.h"
#include "module/chat/door.h"
#include "module/files/api.h"

namespace parvis::chat {

std::vector<FileId> media_of(const Chat& chat, std::string_view content) {
  std::vector<FileId> out;
  std::string prefix = "\"mxc://" + chat.server_name() + "/";
  for (size_t at = content.find(prefix); at != std::string_view::npos; at = content.find(prefix, at + 1)) {
    size_t start = at + prefix.size();
    size_t end = content.find('"', start);
    if (end == std::string_view::npos) break;
    if (auto id = FileId::parse(content.substr(start, end - start)); id && out.size() < max_media_per_event)
      out.push_back(*id);
  }
  return out;
}

Task<Result<void>> attach_media(Chat& chat, Room& room, const User& sender, const mx::Canonical& content) {
  for (FileId id : media_of(chat, content.text())) {
    auto file = co_await chat.files.find(id);
    if (!file || file->author != sender.person || !file->space.empty() || !file->room_id.empty()) continue;
    chat.log.add([&files = chat.files, id, author = sender.person, space = room.space,
                  room_id = room.room_id](store::Transaction& transaction) {
      return files.attach(transaction, id, author, space, room_id);
    });
  }
  co_return Result<void>{};
}

namespace {

using http::Response;

Answer post_upload(Chat& chat, Caller caller, http::Request& request) {
  auto name = request.query_value("filename").value_or("");
  std::string type(request.header("content-type"));
  if (type.empty()) type = "application/octet-stream";
  auto file = CO_TRY(co_await chat.files.receive(Actor{caller.user->person}, *request.body, std::move(name),
                                                 std::move(type)));
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("content_uri", "mxc://" + chat.server_name() + "/" + file.id.text())
      .end_object();
  co_return Response::json(std::move(out));
}

// Pictures of people and rooms are seen by everybody who sees their owner.
bool is_picture(Chat& chat, std::string_view media_id) {
  std::string uri = "mxc://" + chat.server_name() + "/" + std::string(media_id);
  for (auto& user : chat.users.all())
    if (user.avatar_url == uri) return true;
  return false;
}

Task<Result<FileRecord>> readable_file(Chat& chat, const Caller& caller, http::Request& request) {
  if (request.parameter("server") != chat.server_name())
    co_return fail(reasons::not_found, "media of another server");
  auto id = FileId::parse(request.parameter("media_id"));
  if (!id) co_return fail(reasons::not_found, "no such media");
  auto file = co_await chat.files.find(*id);
  if (!file) co_return fail(reasons::not_found, "no such media");
  if (!is_picture(chat, request.parameter("media_id"))) {
    auto may = chat.files.may_read(Actor{caller.user->person}, *file);
    if (!may) co_return fail(reasons::not_found, "not for this person");
  }
  co_return std::move(*file);
}

Answer get_download(Chat& chat, Caller caller, http::Request& request) {
  auto file = CO_TRY(co_await readable_file(chat, caller, request));
  if (auto name = request.parameter("file_name"); !name.empty()) file.name = name;
  co_return co_await chat.files.content(file, request, false);
}

Answer get_thumbnail(Chat& chat, Caller caller, http::Request& request) {
  auto file = CO_TRY(co_await readable_file(chat, caller, request));
  auto width = number_query(request, "width", 0, 4'000), height = number_query(request, "height", 0, 4'000);
  auto preview =
      co_await chat.files.preview(file, request, static_cast<int>(std::max<int64_t>({width, height, 32})));
  if (preview) co_return preview;
  if (preview.error().code() != Code::not_found || !file.type.starts_with("image/")) co_return preview;
  // A picture that cannot be made smaller is shown as it is.
  co_return co_await chat.files.content(file, request, false);
}

Answer get_config(Chat&, Caller, http::Request&) {
  co_return Response::json("{\"m.upload.size\":" + std::to_string(Files::max_file_bytes) + "}");
}

}  // namespace

void add_media_routes(Door& door) {
  Door::Options up{.max_body_bytes = Files::max_file_bytes,
                   .timeout_us = seconds_us(3'600),
                   .traffic = http::TrafficClass::media};
  Door::Options down{.timeout_us = seconds_us(3'600), .traffic = http::TrafficClass::media};
  for (std::string version : {"v3", "r0", "v1"}) {
    std::string old = "/_matrix/media/" + version;
    door.exact("POST", old + "/upload", post_upload, up);
    door.exact("GET", old + "/config", get_config);
    // Authenticated all the same: a link alone opens nothing.
    door.exact("GET", old + "/download/{server}/{media_id}", get_download, down);
    door.exact("GET", old + "/download/{server}/{media_id}/{file_name}", get_download, down);
    door.exact("GET", old + "/thumbnail/{server}/{media_id}", get_thumbnail, down);
  }
  std::string now = "/_matrix/client/v1/media";
  door.exact("GET", now + "/config", get_config);
  door.exact("GET", now + "/download/{server}/{media_id}", get_download, down);
  door.exact("GET", now + "/download/{server}/{media_id}/{file_name}", get_download, down);
  door.exact("GET", now + "/thumbnail/{server}/{media_id}", get_thumbnail, down);
}

}  // namespace parvis::chat
