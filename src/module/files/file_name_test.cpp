#include "module/files/file_name.h"

#include <doctest/doctest.h>

using namespace parvis;

TEST_CASE("names lose paths, controls and direction tricks, keep everything else") {
  CHECK(clean_file_name("C:\\Users\\x\\Compte rendu.odt") == "Compte rendu.odt");
  CHECK(clean_file_name("../../etc/passwd") == "passwd");
  CHECK(clean_file_name("note\r\n\x01.txt") == "note.txt");
  CHECK(clean_file_name("photo\xE2\x80\xAE"
                        "fdp.exe") == "photofdp.exe");
  CHECK(clean_file_name("  ..  ") == "fichier");
  CHECK(clean_file_name("été 🎄.pdf") == "été 🎄.pdf");
}

TEST_CASE("long names keep their extension and whole characters") {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "é";
  auto cleaned = clean_file_name(name + ".pdf");
  CHECK(cleaned.size() <= max_file_name_bytes);
  CHECK(cleaned.ends_with("é.pdf"));
}
