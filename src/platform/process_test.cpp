#include "platform/process.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/process_signals.h"
#include "platform/run_task.h"

namespace parvis {
namespace {

struct Fixture {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  Result<ProcessOutcome> shell(std::string script, int64_t timeout_us = seconds_us(20),
                               std::string input = {}, size_t max_output = 1 << 20) {
    ProcessOptions options{.program = "/bin/sh", .arguments = {"-c", std::move(script)}};
    options.environment = {"NAME=value"};
    options.input = std::move(input);
    options.max_output_bytes = max_output;
    return run_task(env->loop, run_process(*env, std::move(options), env->loop.now() + timeout_us));
  }
};

TEST_CASE_FIXTURE(Fixture, "input goes in, both outputs and the exit code come out") {
  auto outcome =
      shell("read line; echo \"got $line $NAME\"; echo oops >&2; pwd; exit 3", seconds_us(20), "words\n");
  REQUIRE(outcome.has_value());
  CHECK_EQ(outcome->output, "got words value\n/\n");
  CHECK_EQ(outcome->errors, "oops\n");
  CHECK_EQ(outcome->exit_code, 3);
  CHECK_EQ(outcome->signal_number, 0);
}

TEST_CASE_FIXTURE(Fixture, "nothing is inherited: neither environment nor descriptors") {
  ::setenv("SECRET_OF_PARENT", "x", 1);
  auto outcome = shell("echo ${SECRET_OF_PARENT:-none}; ls /proc/self/fd | wc -l");
  REQUIRE(outcome.has_value());
  CHECK_EQ(outcome->output, "none\n4\n");  // 0, 1, 2 and the directory that ls reads
}

TEST_CASE_FIXTURE(Fixture, "more input than a pipe holds, through a program that answers meanwhile") {
  std::string large(3 << 20, 'x');
  auto outcome = shell("cat", seconds_us(20), large, 4 << 20);
  REQUIRE(outcome.has_value());
  CHECK(outcome->output == large);
  CHECK(shell("exit 0", seconds_us(20), large).has_value());  // it need not read
}

TEST_CASE_FIXTURE(Fixture, "the deadline kills the whole group, grandchildren too") {
  CHECK(shell("sleep 1000 & sleep 1000", millis_us(50)).error().is(reasons::timeout));
  CHECK(shell("exec >&- 2>&-; sleep 1000", millis_us(50)).error().is(reasons::timeout));
  // One that left the pipes to a grandchild ends when it ends itself.
  auto outcome = shell("sleep 1000 & echo done");
  REQUIRE(outcome.has_value());
  CHECK_EQ(outcome->output, "done\n");
}

TEST_CASE_FIXTURE(Fixture, "too much output, too much memory, a crash, a missing program") {
  CHECK(shell("while :; do echo xxxxxxxxxxxxxxxx; done", seconds_us(20), {}, 10'000)
            .error()
            .is(reasons::too_large));
  auto crashed = shell("kill -SEGV $$");
  REQUIRE(crashed.has_value());
  CHECK_EQ(crashed->signal_number, SIGSEGV);
  auto missing =
      run_task(env->loop, run_process(*env, {.program = "/absent/program"}, env->loop.now() + seconds_us(5)));
  CHECK(missing.error().is(reasons::unavailable));
  ProcessOptions small{.program = "/bin/sh",
                       .arguments = {"-c", "ulimit -v; ulimit -n; ulimit -c; ulimit -t"}};
  auto limits = run_task(env->loop, run_process(*env, std::move(small), env->loop.now() + seconds_us(20)));
  REQUIRE(limits.has_value());
  CHECK_EQ(limits->output, "1048576\n64\n0\n30\n");
}

TEST_CASE_FIXTURE(Fixture, "a confined child has no network, and only the files it was given") {
  auto confined = [&](std::string script) {
    ProcessOptions options{.program = "/bin/sh", .arguments = {"-c", std::move(script)}};
    options.environment = {"PATH=/usr/bin:/bin"};
    options.confinement =
        Confinement{.readable = {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/absent"},
                    .writable = {"/dev/null"}};
    return run_task(env->loop, run_process(*env, std::move(options), env->loop.now() + seconds_us(20)));
  };
  auto runs = confined("echo fine; echo x > /dev/null && ls /usr > /dev/null && echo too");
  REQUIRE(runs.has_value());
  CHECK_EQ(runs->output, "fine\ntoo\n");
  auto network = confined(
      "python3 -S -c 'import socket; socket.socket(socket.AF_UNIX); print(\"local\"); "
      "socket.socket(socket.AF_INET)' 2>&1");
  REQUIRE(network.has_value());
  CHECK(network->output.contains("local\n"));
  CHECK(network->output.contains("Permission denied"));
  // Kernels without Landlock leave files to the rights of our user.
  auto files = confined("cat /etc/hostname /proc/1/environ; echo x > /tmp/parvis_confined; echo end");
  REQUIRE(files.has_value());
  CHECK(files->output.ends_with("end\n"));
  if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) > 0) CHECK_EQ(files->output, "end\n");
}

TEST_CASE_FIXTURE(Fixture, "signals of the process arrive as callbacks of the loop") {
  int hangups = 0;
  {
    ProcessSignals signals(*env);
    signals.on(SIGHUP, [&] {
      if (++hangups == 1) ::kill(::getpid(), SIGHUP);
    });
    signals.on(SIGUSR1, [&] { env->loop.stop(); });
    ::kill(::getpid(), SIGHUP);
    env->loop.call_at(env->loop.now() + millis_us(20), [] { ::kill(::getpid(), SIGUSR1); });
    env->loop.run();
  }
  CHECK_EQ(hangups, 2);
  ProcessSignals again(*env);
}

}  // namespace
}  // namespace parvis
