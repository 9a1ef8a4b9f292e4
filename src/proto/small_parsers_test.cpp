// Cookies, dates, negotiation, media types: one case per promise of their headers.
#include <doctest/doctest.h>

#include <array>

#include "proto/cookies.h"
#include "proto/http_date.h"
#include "proto/mime.h"
#include "proto/negotiate.h"

using namespace parvis;
using namespace parvis::proto;
using namespace std::string_view_literals;

TEST_CASE("cookies are found among others") {
  CHECK(find_cookie("a=1; session=abc; b=2", "session") == "abc");
  CHECK(find_cookie("xsession=1;session=\"q\"", "session") == "q");
  CHECK(find_cookie("session", "session") == "");
  CHECK(find_cookie("session=a=b; session=second", "session") == "a=b");
  CHECK(find_cookie("", "session") == "");
}

TEST_CASE("cookies are written with their guards") {
  CHECK(format_set_cookie({.name = "__Host-s", .value = "v", .max_age_seconds = 60}) ==
        "__Host-s=v; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
  CHECK(format_set_cookie({.name = "s", .value = "a;b"}) == "");
  CHECK(format_set_cookie({.name = "s s", .value = "a"}) == "");
  CHECK(format_set_cookie({.name = "s", .value = "a", .path = "/;x"}) == "");
  CHECK(format_set_cookie({.name = "__Host-s", .value = "v", .secure = false}) == "");
  CHECK(format_set_cookie(
            {.name = "s", .value = "v", .secure = false, .same_site = SetCookie::SameSite::none}) == "");
}

TEST_CASE("dates in three forms") {
  Instant now{1'700'000'000'000};
  Instant expected{784'111'777'000};
  CHECK(format_http_date(expected) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now) == expected);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == expected);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994", now) == expected);
  CHECK(format_http_date({951'782'400'000}) == "Tue, 29 Feb 2000 00:00:00 GMT");
  for (auto text :
       {"", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(std::string(text));
    CHECK(!parse_http_date(text, now));
  }
  for (int64_t day = -800'000; day < 3'000'000; day += 997) {
    Instant when{day * 86'400'000 + 3'661'000};
    auto text = format_http_date(when);
    if (day > -719'000 && day < 2'932'000) CHECK(parse_http_date(text, now) == when);
  }
}

TEST_CASE("content codings") {
  CHECK(choose_coding("gzip, deflate, br, zstd", {true, true}) == Coding::br);
  CHECK(choose_coding("gzip, deflate, br", {true, false}) == Coding::gzip);
  CHECK(choose_coding("gzip;q=1, br;q=0.5", {true, true}) == Coding::gzip);
  CHECK(choose_coding("br;q=0, *", {true, true}) == Coding::gzip);
  CHECK(choose_coding("*", {false, true}) == Coding::br);
  CHECK(choose_coding("gzip;q=0", {true, true}) == Coding::identity);
  CHECK(choose_coding("gzip;q=nonsense", {true, true}) == Coding::identity);
  CHECK(choose_coding("", {true, true}) == Coding::identity);
  CHECK(quality("a;q=0.123") == 123);
  CHECK(quality("a; q=1.000") == 1000);
  CHECK(quality("a;q=1.001") == 0);
}

TEST_CASE("languages") {
  constexpr std::array available = {"fr"sv, "en"sv};
  CHECK(choose_language("en-GB,en;q=0.9,fr;q=0.8", available) == 1);
  CHECK(choose_language("de,fr;q=0.3,en;q=0.2", available) == 0);
  CHECK(choose_language("de, en;q=0.2", available) == 1);
  CHECK(choose_language("", available) == 0);
  CHECK(choose_language("fr;q=0, EN", available) == 1);
}

TEST_CASE("media types by name and by content") {
  CHECK(mime_type_of("Compte rendu.ODT") == "application/vnd.oasis.opendocument.text");
  CHECK(mime_type_of("app-3f.js") == "text/javascript; charset=utf-8");
  CHECK(mime_type_of("README") == "application/octet-stream");
  CHECK(sniff_mime_type(as_bytes("%PDF-1.7 ...")) == "application/pdf");
  CHECK(sniff_mime_type(as_bytes("<html><script>")) == "");
  CHECK(sniff_mime_type(as_bytes("\x89PNG\r\n\x1a\n...."sv)) == "image/png");
  CHECK(trusted_mime_type("a.docx", as_bytes("PK\x03\x04"sv)) ==
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  CHECK(trusted_mime_type("photo.png", as_bytes("<html>")) == "application/octet-stream");
  CHECK(trusted_mime_type("photo.png", as_bytes("\xff\xd8\xff\xe0"sv)) == "image/jpeg");
  CHECK(trusted_mime_type("notes.txt", as_bytes("BM est une abréviation")) == "text/plain; charset=utf-8");
  CHECK(safe_inline("image/png"));
  CHECK(!safe_inline("image/svg+xml"));
  CHECK(!safe_inline("text/html; charset=utf-8"));
  CHECK(compressible("application/activity+json"));
  CHECK(!compressible("image/png"));
}

TEST_CASE("Content-Type headers") {
  auto type = parse_media_type("Multipart/Form-Data; boundary=\"a b\"; charset=UTF-8");
  CHECK(type.essence == "multipart/form-data");
  CHECK(type.boundary == "a b");
  CHECK(type.charset == "utf-8");
  CHECK(parse_media_type("text").essence == "");
  CHECK(parse_media_type("text/ht ml").essence == "");
  CHECK(parse_media_type("").essence == "");
}
