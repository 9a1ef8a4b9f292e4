// Measures the document engine; run.mjs calls it and the JavaScript peers on the same files and prints the
// ratios.
//   bench_crdt <task> <file>...      prints one JSON object
// Times are the least of several rounds, CPU time of this thread.
#include <sys/resource.h>
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/crdt/doc.h"
#include "engine/crdt/read.h"
#include "engine/crdt/update.h"
#include "engine/crdt/wire.h"

using namespace parvis;
using namespace parvis::crdt;

namespace {

double now_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

template <class Function>
double least_ms(int rounds, Function function) {
  double least = 1e99;
  for (int round = 0; round < rounds; ++round) {
    double start = now_ms();
    function();
    least = std::min(least, now_ms() - start);
  }
  return least;
}

Bytes read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes{std::istreambuf_iterator<char>(file), {}};
}

/// Updates, each preceded by its length.
std::vector<ByteView> split_stream(const Bytes& stream) {
  Reader reader{ByteView(stream)};
  std::vector<ByteView> updates;
  while (!reader.at_end() && !reader.failed()) updates.push_back(reader.varbytes());
  return updates;
}

void must(const Result<>& result) {
  if (result) return;
  std::fprintf(stderr, "refused: %s %s\n", result.error().reason->id.data(), result.error().detail.c_str());
  std::exit(1);
}

long resident_kb() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  return 0;
}

void load(const char* path, Format format, int rounds) {
  Bytes bytes = read_file(path);
  double ms = least_ms(rounds, [&] {
    Doc doc;
    must(doc.apply_update(bytes, format));
  });
  Doc doc;
  must(doc.apply_update(bytes, format));
  auto root = find_root(doc, "text");
  double encode_v1 = least_ms(30, [&] { doc.encode_state(Format::v1); });
  double encode_v2 = least_ms(30, [&] { doc.encode_state(Format::v2); });
  double text = least_ms(30, [&] { read_text(doc, *root); });
  std::printf(
      "{\"load_ms\":%.4f,\"encode_v1_ms\":%.4f,\"encode_v2_ms\":%.4f,\"text_ms\":%.4f,\"memory\":%zu,"
      "\"length\":%llu,\"structs\":%zu,\"exact\":%s}\n",
      ms, encode_v1, encode_v2, text, doc.memory(), static_cast<unsigned long long>(length_of(doc, *root)),
      doc.struct_count(), doc.encode_state(format) == bytes ? "true" : "false");
}

void replay(const char* stream_path, const char* final_path) {
  Bytes stream = read_file(stream_path), final_bytes = read_file(final_path);
  std::vector<ByteView> updates = split_stream(stream);
  double ms = least_ms(7, [&] {
    Doc doc;
    for (ByteView update : updates) must(doc.apply_update(update, Format::v1));
  });
  Doc doc;
  for (ByteView update : updates) must(doc.apply_update(update, Format::v1));
  std::printf("{\"replay_ms\":%.3f,\"updates\":%zu,\"exact\":%s,\"memory\":%zu}\n", ms, updates.size(),
              doc.encode_state(Format::v1) == final_bytes ? "true" : "false", doc.memory());
}

void merge(const char* path) {
  Bytes stream = read_file(path);
  std::vector<ByteView> updates = split_stream(stream);
  size_t size = 0;
  double ms = least_ms(10, [&] { size = merge_updates(updates, Format::v1).value().size(); });
  std::printf("{\"merge_ms\":%.4f,\"updates\":%zu,\"bytes\":%zu}\n", ms, updates.size(), size);
}

void hostile(const char* path, Format format) {
  Bytes bytes = read_file(path);
  long before = resident_kb();
  double start = now_ms();
  const char* outcome = "done";
  {
    Doc doc;
    auto result = doc.apply_update(bytes, format);
    if (!result) outcome = result.error().reason->id.data();
  }
  std::printf("{\"ms\":%.1f,\"outcome\":\"%s\",\"size\":%zu,\"growth_kb\":%ld}\n", now_ms() - start, outcome,
              bytes.size(), resident_kb() - before);
}

}  // namespace

int main(int argc, char** argv) {
  std::string task = argc > 2 ? argv[1] : "";
  int rounds = argc > 3 ? std::max(std::atoi(argv[3]), 1) : 60;
  if (task == "load1") load(argv[2], Format::v1, rounds);
  if (task == "load2") load(argv[2], Format::v2, rounds);
  if (task == "replay" && argc > 3) replay(argv[2], argv[3]);
  if (task == "merge") merge(argv[2]);
  if (task == "hostile1") hostile(argv[2], Format::v1);
  if (task == "hostile2") hostile(argv[2], Format::v2);
  return 0;
}
