#include "base/utf8.h"

#include <doctest/doctest.h>

using namespace parvis;

TEST_CASE("well-formed and ill-formed sequences") {
  CHECK(utf8::valid("Noël à Orléans 🎄"));
  CHECK_FALSE(utf8::valid("\xC0\x80"));
  CHECK_FALSE(utf8::valid("\xED\xA0\x80"));
  CHECK_FALSE(utf8::valid("\xF4\x90\x80\x80"));
  CHECK_FALSE(utf8::valid("\xE2\x82"));
  CHECK(utf8::length("é🎄x") == 3);
}

TEST_CASE("folding removes case and accents of European names") {
  CHECK(utf8::fold("Élodie Lefèvre-ÇAĞ") == "elodie lefevre-cag");
  CHECK(utf8::fold("Œuvre, Straße, Łódź, Žižek, Ÿ") == "oeuvre, strasse, lodz, zizek, y");
  CHECK(utf8::fold("e\xCC\x81t\xC3\xA9") == "ete");
  CHECK(utf8::fold("日本") == "日本");
}
