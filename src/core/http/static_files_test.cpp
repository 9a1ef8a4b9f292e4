#include "core/http/static_files.h"

#include <doctest/doctest.h>

#include "core/http/compress.h"
#include "core/http/file_response.h"
#include "platform/run_task.h"
#include "platform/simulated/simulation.h"

using namespace parvis;
using namespace parvis::http;

namespace {

struct Fixture {
  simulated::Simulation simulation{1, simulated::Faults::calm()};
  simulated::Machine& machine = simulation.add_machine("10.0.0.1");
  Env& env = machine.env();
  std::vector<Header> headers;
  Request request;

  void write(const std::string& path, std::string_view content) {
    REQUIRE(env.fs.make_directories(path.substr(0, path.rfind('/'))));
    auto file = env.fs.create(path).value();
    REQUIRE(file->write_at(0, as_bytes(content)));
  }
  Request& get(std::string_view path, std::vector<Header> sent = {}) {
    headers = std::move(sent);
    request.method = "GET";
    request.path = path;
    request.headers = headers;
    return request;
  }
};

struct Site : Fixture {
  std::unique_ptr<StaticFiles> files;
  Site() {
    write("/dist/index.html", "<html>index");
    write("/dist/connexion.html", "<html>connexion");
    write("/dist/assets/app-1a.js", "plain script");
    write("/dist/assets/app-1a.js.br", "BR");
    write("/dist/assets/app-1a.js.gz", "GZ");
    write("/dist/assets/orphan.js.br", "BR");
    write("/dist/icon.svg", "<svg/>");
    write("/dist/.vite/manifest.json", "{}");
    write("/dist/preload.json",
          R"({"/": ["/assets/app-1a.js"], "/messages": ["/assets/m.js", "/assets/m.css"]})");
    files = StaticFiles::load(env.fs, "/dist").value();
  }
  Response serve(std::string_view path, std::vector<Header> sent = {}) {
    auto response = files->serve(get(path, std::move(sent)), {});
    return response ? std::move(*response) : Response::empty(404);
  }
  static std::string body(const Response& response) {
    return response.pieces.empty() ? "" : *response.pieces[0];
  }
};

}  // namespace

TEST_CASE_FIXTURE(Site, "pages, routes of the app, and what does not exist") {
  CHECK(body(serve("/")) == "<html>index");
  CHECK(body(serve("/messages/x")) == "<html>index");
  CHECK(body(serve("/connexion")) == "<html>connexion");
  CHECK(serve("/assets/gone-2b.js").status == 404);
  CHECK(serve("/assets/orphan.js").status == 404);
  CHECK(serve("/preload.json").status == 404);
  CHECK(serve("/.vite/manifest.json").status == 404);
}

TEST_CASE_FIXTURE(Site, "the best coding that the client accepts, with a tag of its own") {
  auto br = serve("/assets/app-1a.js", {{"Accept-Encoding", "gzip, br"}});
  CHECK(body(br) == "BR");
  CHECK(br.header("Content-Encoding") == "br");
  CHECK(br.header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(br.header("Vary") == "Accept-Encoding");
  auto gzip = serve("/assets/app-1a.js", {{"Accept-Encoding", "gzip"}});
  CHECK(body(gzip) == "GZ");
  CHECK(br.header("ETag") != gzip.header("ETag"));
  CHECK(body(serve("/assets/app-1a.js")) == "plain script");
  auto tag = std::string(br.header("ETag"));
  auto again = serve("/assets/app-1a.js", {{"Accept-Encoding", "br"}, {"If-None-Match", tag}});
  CHECK(again.status == 304);
  CHECK(body(again) == "");
}

TEST_CASE_FIXTURE(Site, "assets never change, pages are asked again and carry the policy and preloads") {
  CHECK(serve("/assets/app-1a.js").header("Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(serve("/icon.svg").header("Cache-Control") == "no-cache");
  auto page = serve("/messages/x");
  CHECK(page.header("Cache-Control") == "no-cache");
  CHECK(page.header("Link") == "</assets/m.js>; rel=modulepreload, </assets/m.css>; rel=preload; as=style");
  CHECK(serve("/messagesx").header("Link") == "</assets/app-1a.js>; rel=modulepreload");
  CHECK(page.header("Content-Security-Policy").find("require-trusted-types-for 'script'") !=
        std::string_view::npos);
  CHECK(page.header("Content-Security-Policy").find("unsafe-inline") == std::string_view::npos);
  CHECK(page.header("X-Content-Type-Options") == "nosniff");
  CHECK(page.header("Permissions-Policy").starts_with("camera=()"));
  CHECK(serve("/visio/x").header("Permissions-Policy").starts_with("camera=(self)"));
}

TEST_CASE_FIXTURE(Site, "limits of what is loaded") {
  CHECK(StaticFiles::load(env.fs, "/dist", {.max_total_bytes = 20}).error().is(reasons::too_large));
  CHECK(StaticFiles::load(env.fs, "/dist", {.max_files = 2}).error().is(reasons::too_large));
  CHECK(StaticFiles::load(env.fs, "/dist", {.max_depth = 0}).error().is(reasons::too_large));
  write("/bad/preload.json", "[]");
  CHECK(!StaticFiles::load(env.fs, "/bad"));
}

namespace {

struct Stored : Fixture {
  std::shared_ptr<File> file;
  Stored() {
    write("/f", "0123456789");
    file = env.fs.open("/f").value();
  }
  Response serve(std::vector<Header> sent = {}, std::string type = "application/pdf") {
    return file_response(
        env, get("/x", std::move(sent)),
        {file, 10, "\"v1\"", Instant{784'111'777'000}, std::move(type), "é \"x\".pdf", true});
  }
  std::string generated(Response& response) {
    std::optional<std::string> out;
    machine.run([&](Env&) {
      spawn([](Response& from, std::optional<std::string>& to) -> Task<void> {
        std::string all;
        while (true) {
          auto chunk = co_await from.generator();
          if (!chunk || chunk->empty()) break;
          all += *chunk;
        }
        to = all;
      }(response, out));
    });
    REQUIRE(simulation.run_until([&] { return out.has_value(); }, seconds_us(10)));
    return *out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Stored, "a stored file: whole, in part, unchanged, changed") {
  auto whole = serve();
  CHECK(whole.status == 200);
  CHECK(whole.file->size == 10);
  CHECK(whole.header("Content-Disposition") ==
        "inline; filename=\"__ _x_.pdf\"; filename*=UTF-8''%C3%A9%20%22x%22.pdf");
  CHECK(serve({}, "text/html").header("Content-Disposition").starts_with("attachment"));
  CHECK(serve({}, "image/svg+xml").header("Content-Disposition").starts_with("attachment"));
  CHECK(whole.header("Content-Security-Policy").starts_with("sandbox"));
  auto part = serve({{"Range", "bytes=2-4"}});
  CHECK(part.status == 206);
  CHECK(part.file->offset == 2);
  CHECK(part.file->size == 3);
  CHECK(part.header("Content-Range") == "bytes 2-4/10");
  auto outside = serve({{"Range", "bytes=10-"}});
  CHECK(outside.status == 416);
  CHECK(outside.header("Content-Range") == "bytes */10");
  CHECK(serve({{"If-None-Match", "\"v1\""}}).status == 304);
  CHECK(serve({{"If-Match", "\"v2\""}}).status == 412);
  CHECK(serve({{"Range", "bytes=0-1"}, {"If-Range", "\"v2\""}}).status == 200);
}

TEST_CASE_FIXTURE(Stored, "several ranges come as parts, of the announced length") {
  auto response = serve({{"Range", "bytes=0-1,8-9"}});
  CHECK(response.status == 206);
  auto body = generated(response);
  CHECK(std::to_string(body.size()) == response.header("Content-Length"));
  CHECK(response.header("Content-Type").starts_with("multipart/byteranges; boundary="));
  CHECK(body.find("Content-Range: bytes 0-1/10\r\n\r\n01\r\n--") != std::string::npos);
  CHECK(body.find("Content-Range: bytes 8-9/10\r\n\r\n89\r\n--") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "dynamic responses are compressed when it pays and is accepted") {
  ResponseCompressor compressor;
  auto compressed = [&](Response response, std::vector<Header> sent) {
    compressor.apply(get("/", std::move(sent)), response);
    return response;
  };
  std::vector<Header> gzip = {{"Accept-Encoding", "gzip, br"}};
  auto big = Response::json(std::string(5000, ' '));
  big.pieces.push_back(std::make_shared<const std::string>(5000, 'x'));
  big.set("ETag", "\"a\"");
  auto packed = compressed(std::move(big), gzip);
  CHECK(packed.header("Content-Encoding") == "gzip");
  CHECK(packed.header("Vary") == "Accept-Encoding");
  CHECK(packed.header("ETag") == "W/\"a\"");
  CHECK(packed.body.starts_with("\x1f\x8b"));
  CHECK(packed.body.size() < 200);
  CHECK(packed.pieces.empty());
  auto refused = compressed(Response::json(std::string(5000, ' ')), {});
  CHECK(refused.header("Content-Encoding") == "");
  CHECK(refused.header("Vary") == "Accept-Encoding");
  CHECK(compressed(Response::json("{}"), gzip).header("Content-Encoding") == "");
  Response image = Response::text(std::string(5000, ' '));
  image.set("Content-Type", "image/png");
  CHECK(compressed(std::move(image), gzip).header("Content-Encoding") == "");
}
