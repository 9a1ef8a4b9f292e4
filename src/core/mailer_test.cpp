#include "core/mailer.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/testing.h"

namespace parvis {
namespace {

MailerOptions sender() { return {.from = "parvis@mte.example.fr", .instance_name = "Parvis du ministère"}; }

}  // namespace

TEST_CASE("a message is plain RFC 5322, whatever its words") {
  auto text = format_mail({"jeanne@cabinet.example", "Invitation à « Préparation »\r\nBcc: x@y.example",
                           "Bonjour,\n\n.une ligne qui commence par un point\nfin = 1 \n"},
                          sender(), "01abc", {1'795'475'671'000});
  CHECK(text.find("From: =?utf-8?B?") == 0);
  CHECK(text.find("\r\nBcc:") == std::string::npos);
  CHECK(text.find("Date: Mon, 23 Nov 2026 23:14:31 +0000\r\n") != std::string::npos);
  CHECK(text.find("Message-ID: <01abc@mte.example.fr>") != std::string::npos);
  CHECK(text.find("\r\n=2Eune ligne") != std::string::npos);
  CHECK(text.find("fin =3D 1=20\r\n") != std::string::npos);
  size_t start = 0;
  while (start < text.size()) {
    size_t end = text.find("\r\n", start);
    REQUIRE(end != std::string::npos);
    CHECK(end - start <= 78);
    CHECK(text[start] != '.');
    start = end + 2;
  }
  CHECK(std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x7f; }));
}

TEST_CASE("mail queued in a transaction leaves with it, and only with it") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    house.start_background();
    auto queue = [&](Result<void> outcome) {
      return house.run(at.database().write([&, outcome](store::Transaction& transaction) -> Result<void> {
        TRY(house.mailer->queue(transaction, {"jeanne@cabinet.example", "Bonjour", "Un mot."}));
        return outcome;
      }));
    };
    CHECK_FALSE(queue(fail(reasons::conflict)));
    CHECK(queue({}));
    auto files = [&] {
      auto listed = at.env().fs.list(at.directory() + "/outbox");
      return listed ? listed->size() : 0;
    };
    CHECK(house.wait_until([&] { return files() == 1; }));
  });
}

TEST_CASE("notifications are read up to one number and belong to one person") {
  store::for_each_engine([](store::TestDatabase& at) {
    TestHouse house(at);
    auto claire = house.agent("claire").person, karim = house.agent("karim").person;
    for (int i = 1; i <= 3; ++i) {
      CHECK(house.run(at.database().write([&](store::Transaction& transaction) {
        return house.notifications->add(transaction,
                                        {.person = claire, .kind = "mention", .actor = karim, .text = "n"});
      })));
    }
    auto page = house.run(house.notifications->page(claire, INT64_MAX, 2));
    CHECK(page->unread == 3);
    CHECK(page->list.size() == 2);
    CHECK(page->list[0].id == 3);
    CHECK(page->next == 2);
    size_t woken = 0;
    house.events.notified.listen([&](const Notified& event) { woken += event.person == claire ? 1 : 0; });
    CHECK(house.run(house.notifications->mark_read(claire, 2)));
    CHECK(house.run(house.notifications->mark_read(claire, 1)));
    CHECK(woken == 2);
    CHECK(*house.run(house.notifications->unread(claire)) == 1);
    CHECK(*house.run(house.notifications->unread(karim)) == 0);
    CHECK(house.run(house.notifications->mark_read(claire, 1'000)));
    CHECK(house.run(house.notifications->page(claire, 3, 2))->list.size() == 2);
    CHECK(*house.run(house.notifications->unread(claire)) == 0);
  });
}

}  // namespace parvis
