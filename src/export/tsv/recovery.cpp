// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/recovery.hpp"

#include "export/linux/files.hpp"
#include "export/tsv/file_name.hpp"
#include "export/tsv/part_file.hpp"
#include "export/tsv/row_scanner.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::size_t piece_size = 256 * 1024;
constexpr std::uint64_t tail_size = 1U << 20; // more than a longest row's usual size; a longer one hides its seq
constexpr std::size_t max_errors = 16;

bool is_part(std::string_view name) { return parse_part_name(name).has_value(); }
bool is_finished(std::string_view name) { return parse_finished_name(name).has_value(); }

// Up to `want` bytes at `offset`; fewer only at the end of the file.
OsResult<std::string> read_at(int fd, std::uint64_t offset, std::size_t want) {
  std::string bytes(want, '\0');
  std::size_t done = 0;
  while (done < want) {
    const ssize_t got = ::pread(fd, bytes.data() + done, want - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return std::unexpected(errno);
    if (got == 0)
      break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

OsResult<std::uint64_t> size_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0)
    return std::unexpected(errno);
  return static_cast<std::uint64_t>(status.st_size);
}

struct Scan {
  enum class Header { whole, torn, foreign } header = Header::foreign;
  std::uint64_t size = 0;
  ScannedRows rows;
};

// Rows from `offset` to the end, in pieces.
OsResult<> feed_from(int fd, std::uint64_t offset, RowScanner& scanner) {
  while (true) {
    const OsResult<std::string> piece = read_at(fd, offset, piece_size);
    if (!piece)
      return std::unexpected(piece.error());
    if (piece->empty())
      return {};
    scanner.feed(*piece, offset);
    offset += piece->size();
  }
}

// All rows, or with `tail_only` those in the last tail_size bytes.
OsResult<Scan> scan(int fd, const TsvFileName& name, bool tail_only) {
  Scan scan;
  const OsResult<std::uint64_t> size = size_of(fd);
  const OsResult<std::string> head = read_at(fd, 0, RowScanner::max_header);
  if (!size || !head)
    return std::unexpected(size ? head.error() : size.error());
  scan.size = *size;
  const std::size_t newline = head->find('\n');
  if (newline == std::string::npos) {
    scan.header = head->size() < RowScanner::max_header ? Scan::Header::torn : Scan::Header::foreign;
    return scan;
  }
  RowScanner scanner;
  if (!scanner.read_header(std::string_view(*head).substr(0, newline), name.run))
    return scan;
  scan.header = Scan::Header::whole;
  std::uint64_t begin = newline + 1;
  // From within a file the first line is cut, and counts as malformed, which nobody reads then.
  if (tail_only && scan.size > begin + tail_size)
    begin = scan.size - tail_size;
  if (const OsResult<> fed = feed_from(fd, begin, scanner); !fed)
    return std::unexpected(fed.error());
  scan.rows = scanner.result();
  scan.rows.whole_end = std::max<std::uint64_t>(scan.rows.whole_end, newline + 1);
  return scan;
}

class Recovery {
public:
  explicit Recovery(int directory) : directory_(directory) {}

  RecoveredRun run() {
    for (const ListedFile& file : list(&is_part))
      recover(file.name);
    for (const std::string& name : newest_finished())
      look_at_end(name);
    choose_last();
    return std::move(run_);
  }

private:
  std::vector<ListedFile> list(bool (*wanted)(std::string_view)) {
    OsResult<std::vector<ListedFile>> files = files_.list(directory_, wanted);
    if (!files)
      note("list", "the events directory", files.error());
    return std::move(files).value_or(std::vector<ListedFile>{});
  }

  void recover(const std::string& part) {
    const OsResult<UniqueFd> fd = open_own_locked(directory_, part);
    if (!fd) {
      ++(fd.error() == EWOULDBLOCK ? run_.live : run_.refused);
      return;
    }
    const TsvFileName name = *parse_part_name(part);
    const OsResult<Scan> scanned = scan(fd->get(), name, false);
    if (!scanned)
      note("read", part, scanned.error());
    else if (scanned->header == Scan::Header::foreign)
      ++run_.refused;
    else
      settle(fd->get(), part, name, *scanned);
  }

  void settle(int fd, const std::string& part, TsvFileName name, const Scan& scan) {
    const std::uint64_t torn = scan.size - scan.rows.whole_end;
    const bool empty = scan.rows.rows + scan.rows.malformed == 0;
    OsResult<> done;
    if (empty)
      done = files_.remove(directory_, part);
    else if (torn > 0)
      done = files_.truncate(fd, scan.rows.whole_end);
    if (done && !empty)
      done = files_.sync_data(fd);
    if (done && !empty)
      done = finish_part(files_, directory_, part, name);
    if (!done) {
      note("finish", part, done.error());
      return;
    }
    ++(empty ? run_.empty_removed : run_.finished);
    run_.rows_cut += torn > 0 && scan.header == Scan::Header::whole ? 1 : 0;
    run_.bytes_cut += torn;
    run_.malformed_rows += scan.rows.malformed;
    remember(scan.rows);
  }

  // The latest finished file of each event; the run before may have ended well, or just after a rotation.
  std::vector<std::string> newest_finished() {
    using Age = std::tuple<std::string, std::uint32_t, std::string>; // start, number, file name
    std::map<std::uint16_t, Age> newest;                             // at most 10,000 ids have four digits
    for (const ListedFile& file : list(&is_finished)) {
      const TsvFileName name = *parse_finished_name(file.name);
      Age& best = newest[name.event_id];
      best = std::max(best, Age{name.start, name.number, file.name});
    }
    std::vector<std::string> names;
    for (auto& [id, age] : newest)
      names.push_back(std::get<2>(std::move(age)));
    return names;
  }

  void look_at_end(const std::string& file) {
    const OsResult<UniqueFd> fd = open_own(directory_, file);
    if (!fd)
      return;
    if (const OsResult<Scan> scanned = scan(fd->get(), *parse_finished_name(file), true); scanned)
      remember(scanned->rows);
  }

  void remember(const ScannedRows& rows) {
    if (rows.rows > 0)
      seen_.push_back({rows.run_id, rows.last_seq, {rows.last_time_ns}});
  }

  void choose_last() {
    const auto latest = std::ranges::max_element(seen_, {}, &LastOnDisk::time);
    if (latest == seen_.end())
      return;
    run_.last = *latest;
    for (const LastOnDisk& seen : seen_)
      if (seen.run_id == run_.last->run_id)
        run_.last->seq = std::max(run_.last->seq, seen.seq);
  }

  void note(std::string_view tried, std::string_view object, int error) {
    if (run_.errors.size() < max_errors)
      run_.errors.push_back(system_error(tried, object, error));
  }

  int directory_;
  LinuxFiles files_;
  RecoveredRun run_;
  std::vector<LastOnDisk> seen_; // one a file
};

} // namespace

RecoveredRun recover_parts(int directory) { return Recovery(directory).run(); }

} // namespace monster
