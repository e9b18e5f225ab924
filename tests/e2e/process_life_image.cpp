// SPDX-License-Identifier: Apache-2.0
// Images that are not a plain program on disk: memory, deleted files, 32-bit code.
#include "process_life.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace monster::e2e {

namespace {

void copy_self(int to) {
  const int from = must_fd(open(own_image().c_str(), O_RDONLY | O_CLOEXEC), "open own image");
  struct stat info{};
  must(fstat(from, &info), "fstat");
  for (off_t left = info.st_size; left > 0;)
    left -= must(sendfile(to, from, nullptr, static_cast<std::size_t>(left)), "copy of own image");
  close(from);
}

void from_memory(Life& life) {
  const Arguments arguments{"kworker/0:1", "--exit", std::to_string(some_code(life))};
  const int fd = must_fd(memfd_create("e2e evil", MFD_CLOEXEC), "memfd_create");
  must(fchmod(fd, 0755), "fchmod");
  copy_self(fd);
  const Lived lived = live([&] { fexecve(fd, pointers(arguments).data(), environ); });
  close(fd);
  Image image{lived.pid, "", arguments};
  image.more.set("image", any_of({text("memfd:e2e evil"), text("/memfd:e2e evil")})).set("fileless", flag(true));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void deleted_image(Life& life) {
  const std::string path = life.path("program");
  const int to = must_fd(open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755), "open " + path);
  copy_self(to);
  close(to);
  const int fd = must_fd(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open " + path);
  must(unlink(path.c_str()), "unlink");
  const Arguments arguments{"gone", "--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] { fexecve(fd, pointers(arguments).data(), environ); });
  close(fd);
  Image image{lived.pid, path, arguments};
  image.more.set("fileless", flag(true));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

// mov eax,5; mov ebx,path; mov ecx,O_CREAT|O_WRONLY; mov edx,0600; int 80h; then write 5 bytes, close, exit.
std::string ia32_program(const std::string& path, std::uint8_t code) {
  constexpr std::uint32_t base = 0x08048000;
  constexpr std::uint32_t headers = sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
  std::string program;
  const auto load = [&program](char opcode, std::uint32_t value) {
    program += opcode;
    program.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  constexpr char eax = '\xb8', ebx = '\xbb', ecx = '\xb9', edx = '\xba';
  constexpr std::uint32_t size_of_text = 71;
  const std::uint32_t path_at = base + headers + size_of_text;
  load(eax, 5), load(ebx, path_at), load(ecx, O_CREAT | O_WRONLY), load(edx, 0600);
  program += "\xcd\x80\x89\xc3"; // int 80h; mov ebx,eax
  load(eax, 4), load(ecx, path_at), load(edx, 5);
  program += "\xcd\x80";
  load(eax, 6);
  program += "\xcd\x80";
  load(eax, 1), load(ebx, code);
  program += "\xcd\x80";
  program.resize(size_of_text, '\x90');
  program += path + '\0';
  Elf32_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_386;
  header.e_version = EV_CURRENT;
  header.e_entry = base + headers;
  header.e_phoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = 1;
  const auto all = static_cast<std::uint32_t>(headers + program.size());
  const Elf32_Phdr segment{PT_LOAD, 0, base, base, all, all, PF_R | PF_X, 0x1000};
  std::string out(reinterpret_cast<const char*>(&header), sizeof header);
  out.append(reinterpret_cast<const char*>(&segment), sizeof segment);
  return out + program;
}

// 32-bit system calls have their own numbers: 5 is open there and fstat in 64-bit.
void ia32(Life& life) {
  const std::string program = life.path("program32");
  const std::string written = life.path("written");
  const int code = some_code(life);
  write_executable(program, ia32_program(written, static_cast<std::uint8_t>(code)));
  const std::int64_t before = wall_now();
  const Lived lived = live([&] {
    execl(program.c_str(), "program32", static_cast<char*>(nullptr));
    _exit(errno == ENOEXEC ? 1 : failed_status);
  });
  if (!exists(written))
    return life.skip("this kernel runs no 32-bit programs");
  Image image{lived.pid, program, {"program32"}};
  print_image(life, image);
  Object more;
  more.set("files_created", number(std::int64_t{1})).set("files_written", number(std::int64_t{1}));
  print_end(life, lived.pid, lived.end, more);
  Object expect;
  expect.set("path", text(written)).set("created", flag(true)).set("bytes_written", number(std::int64_t{5}));
  expect.set("write_count", number(std::int64_t{1})).set("access", text("write")).set("image", text(program));
  expect.set("pid", number(std::int64_t{lived.pid})).set("size_at_close", number(std::int64_t{5}));
  Object line = life.line("file");
  line.set("pid", number(std::int64_t{lived.pid})).set("path", text(written)).set("optional", flag(false));
  line.set("file", identity_of(written, life.place().ext4)).set("expect", expect.value()).set("lazy", flag(true));
  life.emit(line.set("opened", list(std::array<Value, 2>{number(before), number(wall_now())})));
}

constexpr Kind kinds[] = {
    {"from_memory", from_memory},
    {"deleted_image", deleted_image},
    {"ia32", ia32},
};

} // namespace

std::span<const Kind> image_kinds() { return kinds; }

} // namespace monster::e2e
