#include <fmt/format.h>

#include "base/utf8.h"
#include "main/commands.h"
#include "main/first_start.h"
#include "main/house.h"
#include "main/read_file.h"
#include "platform/run_task.h"

namespace parvis {
namespace {

constexpr Reason usage{Code::invalid, "usage", "Commande incomplète.",
                       "Usage: parvis admin create-person --email ADDRESS --name NAME [--administrator] "
                       "[--administration NAME] [--password-file FILE]"};

std::string option(const Options& options, const std::string& name) {
  auto found = options.command.find(name);
  return found == options.command.end() ? std::string() : found->second;
}

Result<std::string> read_password(Fs& fs, const std::string& path) {
  auto text = read_small_file(fs, path);
  if (!text) return fail(usage, path + ": cannot be read");
  return std::string(utf8::trim(std::string_view(*text).substr(0, text->find('\n'))));
}

Task<Result<void>> create_person(House& house, const Options& options) {
  auto& context = house.context();
  NewAccount account{option(options, "email"), {}};
  std::string name = option(options, "name");
  if (account.email.empty() || name.empty()) co_return fail(usage);
  bool administrator = option(options, "administrator") == "true";
  std::string file = option(options, "password-file");
  account.password =
      file.empty() ? readable_password(context.env.random) : CO_TRY(read_password(context.env.fs, file));
  std::string administration = option(options, "administration");
  if (administrator || !administration.empty()) {
    CO_TRY(co_await cover_domain(context, account.email, administration));
  }
  CO_TRY(co_await context.people.create(
      {.email = account.email,
       .display_name = name,
       .password = account.password,
       .instance_role = administrator ? InstanceRole::administrator : InstanceRole::none},
      {}));
  fmt::print("{}\n", account.email);
  if (file.empty()) fmt::print("password (shown once): {}\n", account.password);
  co_return Result<void>();
}

Task<Result<void>> run(Env& env, Options options) {
  options.web.clear();
  options.media_listen = "127.0.0.1:0";  // a server may hold the usual one
  options.media_tcp = "off";
  auto house = CO_TRY(co_await House::open(env, options));
  auto done = co_await create_person(*house, options);
  co_await house->close(env.loop.now() + seconds_us(5));
  co_return done;
}

}  // namespace

int run_admin(const Options& options) {
  if (options.words.size() != 1 || options.words[0] != "create-person") return refuse(Error(usage));
  auto env = make_system_env();
  auto done = run_task(env->loop, run(*env, options));
  return done ? 0 : refuse(done.error());
}

}  // namespace parvis
