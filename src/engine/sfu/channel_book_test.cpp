#include <doctest/doctest.h>

#include "engine/sfu/channel_book.h"

namespace parvis::sfu {
namespace {

TEST_CASE("the owner learns at once what cannot be sent; the queue is free again when messages are gone") {
  ChannelBook book;
  Limits limits{.message_bytes = 100, .queued_bytes = 250};
  TransportId transport{5};
  auto queued = book.add(transport);
  CHECK_FALSE(book.admit(transport, 1, 10, limits));
  book.opened(transport, {.stream = 1});
  book.opened(transport, {.stream = 2, .reliable = false});
  CHECK_FALSE(book.admit(transport, 1, 101, limits));
  std::vector<sctp::Charge> sent;
  for (int i = 0; i < 2; ++i) {
    auto charge = book.admit(transport, 1, 100, limits);
    REQUIRE(charge);
    sent.push_back(std::move(*charge));
  }
  CHECK(*queued == 200);
  CHECK_FALSE(book.admit(transport, 1, 100, limits));
  CHECK(book.admit(transport, 2, 100, limits));  // lossy: never refused for want of room
  sent.clear();
  CHECK(*queued == 0);
  CHECK(book.admit(transport, 1, 100, limits));
  book.closed(transport, 1);
  CHECK_FALSE(book.admit(transport, 1, 1, limits));
  book.remove(transport);
  CHECK_FALSE(book.admit(transport, 2, 1, limits));
}

}  // namespace
}  // namespace parvis::sfu
