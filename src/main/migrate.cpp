#include <fmt/format.h>

#include "main/commands.h"
#include "platform/env.h"
#include "platform/run_task.h"
#include "store/database.h"

namespace parvis {

int run_migrate(const Options& options) {
  auto env = make_system_env();
  if (auto made = env->fs.make_directories(options.data); !made) return refuse(made.error());
  auto database = store::open_database(*env, {.url = options.database});
  if (!database) return refuse(database.error());
  fmt::print("The database is at this version.\n");
  run_task(env->loop, (*database)->close());
  return 0;
}

}  // namespace parvis
