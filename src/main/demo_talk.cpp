#include "main/demo_talk.h"

#include <fmt/format.h>

#include <charconv>

#include "main/demo.h"
#include "main/demo_data.h"
#include "main/demo_documents.h"
#include "main/inner_client.h"
#include "proto/url.h"

namespace parvis {
namespace {

constexpr Reason room_missing{Code::internal, "demo_room_missing", "Un salon de la démonstration manque.",
                              "A room of the demonstration is missing."};

std::string event_path(const std::string& room, std::string_view type, size_t transaction) {
  return fmt::format("/_matrix/client/v3/rooms/{}/send/{}/demo{}", proto::percent_encode(room), type,
                     transaction);
}

std::string message_body(const demo::DemoMessage& message, const std::vector<std::string>& events) {
  std::string body;
  json::Writer out(body);
  out.begin_object().field("msgtype", "m.text").field("body", message.text);
  if (message.answers >= 0) {
    const std::string& target = events[static_cast<size_t>(message.answers)];
    out.key("m.relates_to").begin_object();
    if (message.in_thread) {
      out.field("rel_type", "m.thread").field("event_id", target).field("is_falling_back", true);
    }
    out.key("m.in_reply_to").begin_object().field("event_id", target).end_object().end_object();
  }
  out.end_object();
  return body;
}

size_t index_of(std::string_view digits) {
  size_t index = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return index;
}

class Talk {
 public:
  Talk(House& house, const DemoIds& ids) : house_(house), ids_(ids) {}

  Task<Result<void>> run() {
    for (PersonId person : ids_.people) {
      auto opened = CO_TRY(co_await house_.context().sessions.open(person, SessionKind::application, "",
                                                                   "Démonstration", "127.0.0.1"));
      clients_.emplace_back(house_.application(), std::move(opened.token));
    }
    auto told = co_await tell();
    for (PersonId person : ids_.people) {
      CO_TRY(co_await house_.context().sessions.end_all(person, {}, person));
    }
    co_return told;
  }

 private:
  Task<Result<void>> tell() {
    for (auto& conversation : demo::conversations) {
      std::string room = CO_TRY(co_await room_of(conversation.space, conversation.room));
      CO_TRY(co_await say(std::move(room), conversation.messages));
    }
    for (auto& direct : demo::directs) {
      std::string body = fmt::format("{{\"person\":\"{}\"}}", ids_.people[direct.to].text());
      auto made = CO_TRY(co_await clients_[direct.from].request("POST", "/api/v1/direct", std::move(body)));
      std::string room(json::text(made, "room_id").value_or(""));
      // The other side accepts the conversation, as its client would.
      CO_TRY(co_await clients_[direct.to].request(
          "POST", "/_matrix/client/v3/join/" + proto::percent_encode(room), "{}"));
      CO_TRY(co_await say(std::move(room), direct.messages));
    }
    for (auto& file : demo::files) {
      std::string target = fmt::format("/api/v1/spaces/{}/files?name={}", ids_.spaces[file.space].text(),
                                       proto::percent_encode(file.name));
      CO_TRY(co_await clients_[file.person].request("POST", std::move(target), std::string(file.content),
                                                    std::string(file.type)));
    }
    co_return co_await write_documents();
  }

  Task<Result<void>> write_documents() {
    uint64_t client = 1;
    for (auto& document : demo::documents) {
      auto& author = clients_[document.person];
      std::string target = "/api/v1/spaces/" + ids_.spaces[document.space].text() + "/documents";
      std::string body;
      json::Writer(body).begin_object().field("title", document.title).end_object();
      auto made = CO_TRY(co_await author.request("POST", std::move(target), std::move(body)));
      std::string door = "/collaboration/http/" + std::string(json::text(made, "id").value_or(""));
      for (auto& update : CO_TRY(demo::document_updates(document.content, client++)))
        CO_TRY(
            co_await author.request("POST", door, std::string(as_text(update)), "application/octet-stream"));
    }
    co_return Result<void>();
  }

  Task<Result<std::string>> room_of(size_t space, std::string_view name) {
    auto& owner = clients_[demo::spaces[space].owner];
    constexpr int attempts = 100;  // the chat follows the spaces in turns of the loop
    for (int attempt = 0; attempt < attempts; ++attempt) {
      auto listed =
          CO_TRY(co_await owner.request("GET", "/api/v1/spaces/" + ids_.spaces[space].text() + "/rooms", ""));
      if (auto* rooms = json::array(listed, "rooms")) {
        for (auto& room : *rooms) {
          if (json::text(room, "name") == name)
            co_return std::string(json::text(room, "room_id").value_or(""));
        }
      }
      co_await house_.context().env.loop.sleep_for_us(millis_us(20));
    }
    co_return fail(room_missing, fmt::format("{} in space {}", name, space));
  }

  Task<Result<void>> say(std::string room, std::span<const demo::DemoMessage> messages) {
    std::vector<std::string> events;
    for (auto& message : messages) {
      auto sent = CO_TRY(co_await clients_[message.person].request(
          "PUT", event_path(room, "m.room.message", transaction_++), message_body(message, events)));
      events.emplace_back(json::text(sent, "event_id").value_or(""));
      CO_TRY(co_await react(room, events.back(), std::string(message.reactions)));
    }
    co_return Result<void>();
  }

  /// "👍 1 2, 🎉 3"
  Task<Result<void>> react(std::string room, std::string event, std::string reactions) {
    std::string emoji, word;
    for (char c : reactions + ",") {
      if (c != ' ' && c != ',') {
        word += c;
        continue;
      }
      if (!word.empty() && emoji.empty()) {
        emoji = word;
      } else if (!word.empty()) {
        std::string body;
        json::Writer(body)
            .begin_object()
            .key("m.relates_to")
            .begin_object()
            .field("rel_type", "m.annotation")
            .field("event_id", event)
            .field("key", emoji)
            .end_object()
            .end_object();
        CO_TRY(co_await clients_[index_of(word)].request(
            "PUT", event_path(room, "m.reaction", transaction_++), body));
      }
      word.clear();
      if (c == ',') emoji.clear();
    }
    co_return Result<void>();
  }

  House& house_;
  const DemoIds& ids_;
  std::vector<InnerClient> clients_;  // by person
  size_t transaction_ = 0;
};

}  // namespace

Task<Result<void>> tell_demo(House& house, const DemoIds& ids) {
  Talk talk(house, ids);
  co_return co_await talk.run();
}

}  // namespace parvis
