#include <fmt/format.h>

#include <algorithm>

#include "main/commands.h"
#include "main/read_file.h"
#include "platform/log.h"
#include "platform/system_fs.h"

extern char** environ;

namespace parvis {
namespace {

constexpr std::string_view admin_options[] = {"email", "name", "administrator", "administration",
                                              "password-file"};

constexpr Command commands[] = {
    {"serve", "serve the suite (--demo: fill an empty instance with a small ministry)", {}, run_serve},
    {"migrate", "bring the database to this version", {}, run_migrate},
    {"admin", "create-person --email A --name N [--administrator] [--password-file F]", admin_options,
     run_admin},
    {"backup", "backup DIRECTORY: a consistent copy of the data, while serving or not", {}, run_backup},
    {"restore", "restore DIRECTORY: into an empty --data", {}, run_restore},
    {"doctor", "check configuration, disk, database and audit trail", {}, run_doctor},
};

int usage() {
  fmt::print("Usage: parvis COMMAND [--option value ...]\n\n");
  for (auto& command : commands) fmt::print("  {:<8} {}\n", command.name, command.summary);
  fmt::print(
      "\nOptions (also as PARVIS_NAME in the environment, or name = \"value\" lines in --config FILE):\n"
      "  --data DIR  --listen HOST:PORT  --public-url URL  --server-name NAME  --instance-name NAME\n"
      "  --database sqlite:FILE|postgresql:...  --web DIR  --tls-cert FILE --tls-key FILE\n"
      "  --trusted-proxies CIDR,...  --network-paths LABEL=CIDR,...  --smtp HOST:PORT  --mail-from ADDRESS\n"
      "  --log-format text|json  --log-level debug|info|warning|error  --allow-plain-http  --request-rate "
      "N\n");
  return 2;
}

std::map<std::string, std::string> parvis_environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text(*entry);
    size_t equals = text.find('=');
    if (text.starts_with("PARVIS_") && equals != std::string_view::npos) {
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return out;
}

Level level_of(std::string_view name) {
  if (name == "debug") return Level::debug;
  if (name == "warning") return Level::warning;
  return name == "error" ? Level::error : Level::info;
}

int run(std::span<char*> words) {
  if (words.size() < 2) return usage();
  std::string_view name(words[1]);
  auto command = std::ranges::find(commands, name, &Command::name);
  if (command == std::end(commands)) return usage();
  std::vector<std::string> arguments(words.begin() + 2, words.end());
  SystemFs fs;
  auto read = [&fs](const std::string& path) { return read_small_file(fs, path); };
  auto options = parse_options({arguments, parvis_environment(), read, command->options});
  if (!options) return refuse(options.error());
  set_log(level_of(options->log_level), options->log_format == "json" ? LogFormat::json : LogFormat::text);
  return command->run(*options);
}

}  // namespace

}  // namespace parvis

int main(int count, char** words) { return parvis::run({words, static_cast<size_t>(count)}); }
