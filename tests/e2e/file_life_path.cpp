// SPDX-License-Identifier: Apache-2.0
// Names given, changed and taken away.
#include "life.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

namespace monster::e2e {

namespace {

void rename_call(const std::string& from, const std::string& to, unsigned flags = 0) {
  must(renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags), "rename " + from);
}

void truncate_path(Life& life) {
  const std::string path = life.path();
  make_file(life, path, 1000 + life.size());
  const std::size_t size = life.size(500);
  Act act(life, "truncate", path);
  must(truncate(path.c_str(), static_cast<off_t>(size)), "truncate");
  act.expect("truncated_to", number(std::uint64_t{size})).done();
}

void rename_while_open(Life& life) {
  const std::string to = life.path("renamed");
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  Act act(life, "rename", life.path());
  must(rename(life.path().c_str(), to.c_str()), "rename");
  act.moved_to(to);
  act.optional().done();
  life.renamed(life.path(), to, file.identity());
  file.write(life.size());
  file.close();
}

// The process that renames is not the one that has it open.
void renamed_by_another(Life& life) {
  const std::string to = life.path("renamed");
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  in_child([&] {
    Act act(life, "rename", life.path());
    must(rename(life.path().c_str(), to.c_str()), "rename");
    act.moved_to(to);
    act.optional().done();
    life.renamed(life.path(), to, file.identity());
  });
  file.close();
}

void rename_path(Life& life) {
  const std::string path = life.path();
  const std::string to = life.path("renamed");
  make_file(life, path, life.size());
  Act act(life, "rename", path);
  rename_call(path, to);
  act.moved_to(to);
  act.done();
  life.renamed(path, to, act.identity());
}

void rename_noreplace(Life& life) {
  const std::string path = life.path();
  const std::string to = life.path("renamed");
  make_file(life, path, life.size());
  make_file(life, life.path("taken"), 1);
  if (renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, life.path("taken").c_str(), RENAME_NOREPLACE) == 0)
    fail("RENAME_NOREPLACE replaced a file");
  Act act(life, "rename", path);
  rename_call(path, to, RENAME_NOREPLACE);
  act.moved_to(to);
  act.done();
  life.renamed(path, to, act.identity());
}

void rename_replaces(Life& life) {
  const std::string path = life.path();
  const std::string to = life.path("target");
  make_file(life, path, life.size());
  make_file(life, to, life.size());
  const Value replaced = identity_of(to, life.place().ext4);
  Act act(life, "rename", path);
  rename_call(path, to);
  act.moved_to(to);
  act.done();
  life.renamed(path, to, act.identity(), replaced);
}

// The open file loses its name to another one.
void replaced_while_open(Life& life) {
  const std::string other = life.path("other");
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  make_file(life, other, 10);
  Act act(life, "rename", other);
  rename_call(other, life.path());
  act.moved_to(life.path());
  act.done();
  life.renamed(other, life.path(), act.identity(), file.identity());
  file.close();
}

void rename_exchange(Life& life) {
  const std::string first = life.path("a");
  const std::string second = life.path("b");
  make_file(life, first, life.size());
  make_file(life, second, life.size());
  Act act(life, "rename", first);
  Act other(life, "rename", second);
  rename_call(first, second, RENAME_EXCHANGE);
  act.moved_to(second);
  other.moved_to(first);
  act.done();
  other.optional().done();
  life.renamed(first, second, act.identity(), other.identity(), true);
}

void rename_directory(Life& life) {
  const std::string path = life.path("d");
  const std::string to = life.path("e");
  make_directory(life, path);
  Act act(life, "rename", path);
  rename_call(path, to);
  act.moved_to(to);
  act.done();
  life.renamed(path, to, act.identity());
  make_file(life, to + "/in the new name", life.size());
}

void unlink_while_open(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  file.write(life.size());
  Act act(life, "unlink", life.path());
  must(unlink(life.path().c_str()), "unlink");
  act.deleted();
  act.optional().done();
  file.write(life.size());
  file.close();
}

void rename_unlink_while_open(Life& life) {
  const std::string to = life.path("renamed");
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  Act act(life, "rename", life.path());
  must(rename(life.path().c_str(), to.c_str()), "rename");
  act.moved_to(to);
  act.optional().done();
  life.renamed(life.path(), to, file.identity());
  Act removal(life, "unlink", to);
  must(unlink(to.c_str()), "unlink");
  removal.deleted();
  removal.optional().done();
  file.write(life.size());
  file.close();
}

void unlink_path(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Act act(life, "unlink", path);
  must(unlink(path.c_str()), "unlink");
  act.deleted();
  act.done();
}

// A name that comes back is another file: its inode may be the same, its generation is not.
void recreated(Life& life) {
  for (int i = 0; i < 3; ++i)
    unlink_path(life);
}

void hard_link(Life& life) {
  const std::string path = life.path();
  const std::string name = life.path("link");
  make_file(life, path, life.size());
  Act act(life, "link", name);
  must(link(path.c_str(), name.c_str()), "link");
  act.expect("link_target", text(path)).expect("created", anything()).expect("attributes_changed", flag(false)).done();
  Act removal(life, "unlink", path); // the file lives on under its second name
  must(unlink(path.c_str()), "unlink");
  removal.deleted();
  removal.done();
}

void symbolic_link(Life& life) {
  const std::string path = life.path();
  Act act(life, "symlink", path);
  must(symlink("../some where/else", path.c_str()), "symlink");
  act.created();
  act.expect("link_target", text("../some where/else")).done();
  Act removal(life, "unlink", path);
  must(unlink(path.c_str()), "unlink");
  removal.deleted();
  removal.done();
}

void make_and_remove_directory(Life& life) {
  const std::string path = life.path("d");
  make_directory(life, path);
  Act act(life, "rmdir", path);
  must(rmdir(path.c_str()), "rmdir");
  act.deleted();
  act.done();
}

void make_fifo(Life& life) {
  const std::string path = life.path();
  Act act(life, "mknod", path);
  must(mkfifo(path.c_str(), 0600), "mkfifo");
  act.created();
  act.done();
}

void move_between_directories(Life& life) {
  const std::string directory = life.path("d");
  const std::string to = directory + "/moved";
  make_directory(life, directory);
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  Act act(life, "rename", life.path());
  rename_call(life.path(), to);
  act.moved_to(to);
  act.optional().done();
  life.renamed(life.path(), to, file.identity());
  file.close();
}

constexpr Kind kinds[] = {
    {"truncate_path", truncate_path},
    {"rename_while_open", rename_while_open},
    {"renamed_by_another", renamed_by_another},
    {"rename_path", rename_path},
    {"rename_noreplace", rename_noreplace},
    {"rename_replaces", rename_replaces},
    {"replaced_while_open", replaced_while_open},
    {"rename_exchange", rename_exchange},
    {"rename_directory", rename_directory},
    {"unlink_while_open", unlink_while_open},
    {"rename_unlink_while_open", rename_unlink_while_open},
    {"unlink_path", unlink_path},
    {"recreated", recreated},
    {"hard_link", hard_link},
    {"symbolic_link", symbolic_link},
    {"make_and_remove_directory", make_and_remove_directory},
    {"make_fifo", make_fifo},
    {"move_between_directories", move_between_directories},
};

} // namespace

std::span<const Kind> path_kinds() { return kinds; }

} // namespace monster::e2e
