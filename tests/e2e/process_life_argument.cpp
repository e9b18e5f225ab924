// SPDX-License-Identifier: Apache-2.0
// Arguments that are long, hostile or absent.
#include "process_life.hpp"

#include <unistd.h>

namespace monster::e2e {

namespace {

void with_arguments(Life& life, const Arguments& more_arguments, const Object& more = {}) {
  Arguments arguments{"--exit", std::to_string(some_code(life))};
  arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
  const Lived lived = live([&] { exec_self(arguments); });
  Image image = self_image(lived.pid, arguments);
  image.more = more;
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void plain(Life& life) {
  const std::string code = std::to_string(some_code(life));
  const Lived lived = live([&] { exec_self({"--exit", code, "-o", "file.txt"}); });
  Image image = self_image(lived.pid, {"--exit", code, "-o", "file.txt"});
  image.more.set("command_line", text("process_life --exit " + code + " -o file.txt"));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void hostile(Life& life) {
  with_arguments(life, {"\xff\xfe", "a\nb\tc\r", "\x1b]0;title\x07", "", "quote\"'\\", "\\N",
                        "\xe2\x80\xae"
                        "evil",
                        "$(id) `id` %n%s"});
}

void empty_arguments(Life& life) { with_arguments(life, {"", "", ""}); }

void many_short(Life& life) { with_arguments(life, Arguments(2000, "x y")); }

void one_long(Life& life) { with_arguments(life, {std::string(100 * 1024, 'l')}); }

// More than is kept: the row must say that it was cut.
void too_long(Life& life) {
  Object more;
  more.set("argv_truncated", flag(true)).set("argv", anything());
  with_arguments(life, Arguments(10, std::string(30 * 1024, 't')), more);
}

// Nothing at all: the kernel puts an empty argv[0] there.
void none(Life& life) {
  const Lived lived = live([] {
    const Arguments nothing;
    execve("/bin/true", pointers(nothing).data(), environ);
  });
  std::string image(4096, '\0');
  if (realpath("/bin/true", image.data()) == nullptr)
    fail("realpath /bin/true");
  print_image(life, {lived.pid, image.c_str(), {""}});
  print_end(life, lived.pid, lived.end);
}

constexpr Kind kinds[] = {
    {"argv_plain", plain},     {"argv_hostile", hostile}, {"argv_empty_strings", empty_arguments},
    {"argv_many", many_short}, {"argv_long", one_long},   {"argv_too_long", too_long},
    {"argv_none", none},
};

} // namespace

std::span<const Kind> argument_kinds() { return kinds; }

} // namespace monster::e2e
