#include "platform/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "platform/signal.h"
#include "platform/socket.h"

namespace parvis {

namespace {

constexpr int exit_cannot_start = 127;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  ~Pipe() {
    if (read_end >= 0) ::close(read_end);
    if (write_end >= 0) ::close(write_end);
  }
  bool open() { return ::pipe2(reinterpret_cast<int*>(this), O_CLOEXEC) == 0; }
};
static_assert(sizeof(Pipe) == 2 * sizeof(int));

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

void limit(__rlimit_resource resource, uint64_t value) {
  rlimit bound{value, value};
  if (::setrlimit(resource, &bound) != 0) ::_exit(exit_cannot_start);
}

struct Launch {
  const ProcessOptions& options;
  char** arguments;
  char** environment;
  pid_t parent;
  int standard[3];  // child's ends
  int failure;      // where errno goes when exec fails
  const ConfinementRules* confinement;
};

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Launch& launch) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(exit_cannot_start);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (int number = 1; number < 32; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  limit(RLIMIT_AS, launch.options.max_memory_bytes);
  limit(RLIMIT_FSIZE, launch.options.max_file_bytes);
  limit(RLIMIT_CPU, launch.options.max_cpu_seconds);
  limit(RLIMIT_CORE, 0);
  // The pipes are close-on-exec; their copies on 0, 1 and 2 are not. They lie above 2: the server keeps those
  // open.
  for (int i = 0; i < 3; ++i) ::dup2(launch.standard[i], i);
  ::syscall(SYS_close_range, 3, ~0U, 1 << 2);  // CLOSE_RANGE_CLOEXEC: whatever else is open ends with exec
  limit(RLIMIT_NOFILE, launch.options.max_open_files);
  bool confined = !launch.confinement || launch.confinement->enter();
  if (confined && ::chdir(launch.options.working_directory.c_str()) == 0) {
    ::execve(launch.options.program.c_str(), launch.arguments, launch.environment);
  }
  int error_number = errno;
  [[maybe_unused]] auto written = ::write(launch.failure, &error_number, sizeof error_number);
  ::_exit(exit_cannot_start);
}

/// A child and the coroutines that feed it and listen to it.
class Child {
 public:
  Child(EpollLoop& loop, ProcessOptions options, Monotonic deadline)
      : loop_(loop), options_(std::move(options)), deadline_(deadline) {}
  Result<void> start();
  Task<Result<ProcessOutcome>> finish();

 private:
  Task<void> feed();
  Task<void> listen(Socket& socket, std::string& into);
  Task<void> wait_for_exit();
  void stop(const Reason& reason);
  void ended() {
    --running_;
    changed_.notify_all();
  }

  EpollLoop& loop_;
  ProcessOptions options_;
  Monotonic deadline_;
  pid_t pid_ = -1;
  std::unique_ptr<Socket> input_, output_, errors_, exit_;
  ProcessOutcome outcome_;
  const Reason* stopped_for_ = nullptr;
  int running_ = 0;
  Signal changed_;
};

Result<void> Child::start() {
  Pipe input, output, errors, failure;
  if (!input.open() || !output.open() || !errors.open() || !failure.open()) {
    return fail(reasons::unavailable, "no descriptors for a child process");
  }
  ConfinementRules rules;
  if (options_.confinement) TRY(rules.prepare(*options_.confinement));
  std::vector<std::string> arguments = options_.arguments;
  arguments.insert(arguments.begin(), options_.program);
  auto argument_list = pointers(arguments);
  auto environment_list = pointers(options_.environment);
  Launch launch{.options = options_,
                .arguments = argument_list.data(),
                .environment = environment_list.data(),
                .parent = ::getpid(),
                .standard = {input.read_end, output.write_end, errors.write_end},
                .failure = failure.write_end,
                .confinement = options_.confinement ? &rules : nullptr};
  pid_ = ::fork();
  if (pid_ == 0) become(launch);
  if (pid_ < 0) return fail(reasons::unavailable, "fork: errno " + std::to_string(errno));
  ::setpgid(pid_, pid_);  // here too: whoever is first
  ::close(std::exchange(failure.write_end, -1));
  int error_number = 0;
  // Ends as soon as exec closed the other side, or brings its errno.
  if (::read(failure.read_end, &error_number, sizeof error_number) != 0) {
    ::waitpid(pid_, nullptr, 0);
    return fail(reasons::unavailable,
                "cannot start " + options_.program + ": errno " + std::to_string(error_number));
  }
  auto own = [this](int& descriptor) {
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return std::make_unique<Socket>(loop_, std::exchange(descriptor, -1));
  };
  input_ = own(input.write_end);
  output_ = own(output.read_end);
  errors_ = own(errors.read_end);
  exit_ = std::make_unique<Socket>(loop_, static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  return {};
}

Task<void> Child::feed() {
  std::string_view left = options_.input;
  while (!left.empty()) {
    ssize_t count = ::write(input_->descriptor(), left.data(), left.size());
    if (count > 0) {
      left.remove_prefix(static_cast<size_t>(count));
      continue;
    }
    if (errno != EAGAIN) break;  // it does not read to the end: its business
    input_->drained(Socket::writing);
    if (co_await input_->wait(Socket::writing, deadline_) != Readiness::ready) break;
  }
  input_.reset();
  ended();
}

Task<void> Child::listen(Socket& socket, std::string& into) {
  for (;;) {
    char buffer[4096];
    ssize_t count = ::read(socket.descriptor(), buffer, sizeof buffer);
    if (count > 0) {
      into.append(buffer, static_cast<size_t>(count));
      if (into.size() <= options_.max_output_bytes) continue;
      stop(reasons::too_large);
      break;
    }
    if (count == 0 || errno != EAGAIN) break;
    socket.drained(Socket::reading);
    auto readiness = co_await socket.wait(Socket::reading, deadline_);
    if (readiness == Readiness::timeout) stop(reasons::timeout);
    if (readiness != Readiness::ready) break;
  }
  ended();
}

Task<void> Child::wait_for_exit() {
  siginfo_t ended_child{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &ended_child, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended_child.si_pid == 0) {
    exit_->drained(Socket::reading);
    // After stop() the end is a matter of moments, and must be seen: a zombie keeps its number.
    auto readiness = co_await exit_->wait(Socket::reading, stopped_for_ ? Monotonic{INT64_MAX} : deadline_);
    if (readiness == Readiness::timeout) stop(reasons::timeout);
  }
  // Grandchildren that still hold the pipes end with it; until it is reaped its number cannot be another's.
  ::kill(-pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  if (WIFEXITED(status)) outcome_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome_.signal_number = WTERMSIG(status);
  ended();
}

void Child::stop(const Reason& reason) {
  if (stopped_for_) return;
  stopped_for_ = &reason;
  ::kill(-pid_, SIGKILL);
  if (input_) input_->cancel();
  output_->cancel();
  errors_->cancel();
}

Task<Result<ProcessOutcome>> Child::finish() {
  running_ = 4;
  spawn(feed());
  spawn(listen(*output_, outcome_.output));
  spawn(listen(*errors_, outcome_.errors));
  spawn(wait_for_exit());
  while (running_ > 0) co_await changed_.wait(loop_);
  if (stopped_for_) co_return fail(*stopped_for_, options_.program);
  co_return std::move(outcome_);
}

}  // namespace

Task<Result<ProcessOutcome>> run_process(Env& env, ProcessOptions options, Monotonic deadline) {
  Child child(dynamic_cast<EpollLoop&>(env.loop), std::move(options), deadline);
  CO_TRY(child.start());
  co_return co_await child.finish();
}

}  // namespace parvis
