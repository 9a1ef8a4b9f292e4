#include "module/spaces/addresses.h"

#include <doctest/doctest.h>

using namespace parvis;
using List = std::vector<std::string>;

TEST_CASE("addresses are found however they were pasted") {
  CHECK(parse_addresses("a@x.fr, B@X.FR;c@y.fr\nd@z.fr") == List{"a@x.fr", "b@x.fr", "c@y.fr", "d@z.fr"});
  CHECK(parse_addresses("Claire Vasseur <claire@x.fr>, \"Idriss\" <idriss@x.fr>") ==
        List{"claire@x.fr", "idriss@x.fr"});
  CHECK(parse_addresses("a@x.fr a@x.fr") == List{"a@x.fr"});
  CHECK(parse_addresses("  \n ").empty());
}

TEST_CASE("what is not an address is kept, to be refused by name") {
  CHECK(parse_addresses("Claire Vasseur\nb@x.fr") == List{"Claire Vasseur", "b@x.fr"});
  CHECK_FALSE(plausible_address("claire@localhost"));
  CHECK_FALSE(plausible_address("@x.fr"));
  CHECK_FALSE(plausible_address("a@x..fr"));
  CHECK_FALSE(plausible_address("a b@x.fr"));
  CHECK(plausible_address("prenom.nom+tag@beta.gouv.fr"));
}

TEST_CASE("a paste is bounded") {
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "p" + std::to_string(i) + "@x.fr\n";
  CHECK(parse_addresses(many).size() == max_pasted_addresses);
}
